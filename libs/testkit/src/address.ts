/** Bytes of an address in text form: 4 for `192.0.2.1`, 16 for `2001:db8::1`. */
export function addressBytes(text: string): Uint8Array {
  return text.includes(':') ? ipv6Bytes(text) : ipv4Bytes(text)
}

function ipv4Bytes(text: string): Uint8Array {
  const parts = text.split('.').map(Number)
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) throw new RangeError(`not IPv4: ${text}`)
  return Uint8Array.from(parts)
}

function ipv6Bytes(text: string): Uint8Array {
  const [head = '', tail] = text.split('::')
  const before = groupsOf(head)
  const after = tail === undefined ? [] : groupsOf(tail)
  const zeros = 8 - before.length - after.length
  if (zeros < 0 || (tail === undefined && zeros !== 0)) throw new RangeError(`not IPv6: ${text}`)
  const groups = [...before, ...Array.from({ length: zeros }, () => 0), ...after]
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255]))
}

function groupsOf(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}
