/** One element of DER (X.690): its tag and where its content lies. */
export interface Element {
  readonly tag: number
  /** Where the element itself begins. */
  readonly from: number
  readonly start: number
  readonly end: number
}

export const Tag = {
  Integer: 0x02,
  OctetString: 0x04,
  ObjectIdentifier: 0x06,
  BmpString: 0x1e,
  UtcTime: 0x17,
  GeneralizedTime: 0x18,
  Sequence: 0x30,
  Set: 0x31,
  /** [0] and [3], constructed: version and extensions of a certificate. */
  Version: 0xa0,
  Extensions: 0xa3,
} as const

/** The element that begins at `at`; null where none fits before `end`. Tags of several bytes are not used in X.509. */
export function elementAt(bytes: Uint8Array, at: number, end: number): Element | null {
  if (end - at < 2) return null
  const tag = bytes[at] as number
  let length = bytes[at + 1] as number
  let start = at + 2
  if (length >= 0x80) {
    const count = length & 0x7f
    if (count < 1 || count > 3 || start + count > end) return null
    length = 0
    for (let n = 0; n < count; n++) length = length * 256 + (bytes[start++] as number)
  }
  return start + length <= end ? { tag, from: at, start, end: start + length } : null
}

/** The elements within another one, `most` of them at most. */
export function elementsOf(bytes: Uint8Array, parent: Element, most: number): Element[] {
  const list: Element[] = []
  for (let at = parent.start; list.length < most;) {
    const element = elementAt(bytes, at, parent.end)
    if (element === null) break
    list.push(element)
    at = element.end
  }
  return list
}

/** Dotted form of an OBJECT IDENTIFIER (X.690, section 8.19). */
export function objectIdentifier(bytes: Uint8Array, { start, end }: Element): string {
  const first = bytes[start] ?? 0
  let text = `${Math.min(2, Math.floor(first / 40))}.${first < 80 ? first % 40 : first - 80}`
  let value = 0
  for (let at = start + 1; at < end && at < start + 32; at++) {
    const byte = bytes[at] as number
    value = value * 128 + (byte & 0x7f)
    if (byte >= 0x80) continue
    text += `.${value}`
    value = 0
  }
  return text
}
