import { isIPv4, isIPv6 } from 'node:net'

/** An address as a number, with its family. */
export interface Address {
  readonly version: 4 | 6
  readonly value: bigint
}

/** First and last address of a prefix. */
export interface Prefix {
  readonly version: 4 | 6
  readonly first: bigint
  readonly last: bigint
}

export function parseAddress(text: string): Address | undefined {
  if (isIPv4(text)) return { version: 4, value: BigInt(v4(text)) }
  // A zone (fe80::1%eth0) is no part of an address.
  return isIPv6(text) && !text.includes('%') ? { version: 6, value: v6(text) } : undefined
}

/** `10.0.0.0/8`, `fd00::/8`, or one address. */
export function parsePrefix(text: string): Prefix | undefined {
  const [address = '', bits, more] = text.split('/')
  const parsed = parseAddress(address)
  if (parsed === undefined || more !== undefined) return undefined
  const width = parsed.version === 4 ? 32 : 128
  if (bits !== undefined && (!/^\d{1,3}$/.test(bits) || Number(bits) > width)) return undefined
  const host = (1n << BigInt(width - Number(bits ?? width))) - 1n
  const first = (parsed.value | host) ^ host
  return { version: parsed.version, first, last: first | host }
}

/** Dotted, or full groups: forms that the database reads back. */
export function formatAddress(version: 4 | 6, value: bigint): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.')
  return Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16)).join(':')
}

const prefixes = new Map<string, Prefix | null>()

/** False for what is no address; undefined when the prefix is none. */
export function ipIn(ip: string, prefix: string): boolean | undefined {
  let range = prefixes.get(prefix)
  if (range === undefined) {
    range = parsePrefix(prefix) ?? null
    if (prefixes.size >= 1000) prefixes.clear()
    prefixes.set(prefix, range)
  }
  if (range === null) return undefined
  const address = parseAddress(ip)
  return address?.version === range.version && address.value >= range.first && address.value <= range.last
}

function v4(text: string): number {
  return text.split('.').reduce((value, octet) => value * 256 + Number(octet), 0)
}

function v6(text: string): bigint {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  const embedded = dotted === null ? 0 : v4(dotted[2] ?? '')
  const plain =
    dotted === null ? text : `${dotted[1]}${(embedded >>> 16).toString(16)}:${(embedded & 0xffff).toString(16)}`
  const [head = '', tail] = plain.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length
  const groups = [...left, ...Array.from({ length: zeros }, () => '0'), ...right]
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n)
}
