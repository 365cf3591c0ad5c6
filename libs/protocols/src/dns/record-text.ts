/** Record data as text, per type. A type without an entry, or data that breaks its type's rules, is RFC 3597 hex. */
import { rcodeName, Type } from './constants.ts'
import { ipv4Text, ipv6Text, quotedText, unknownText } from './data-text.ts'
import { csyncText, dnskeyText, dsText, nsec3ParamText, nsec3Text, nsecText, rrsigText } from './dnssec-text.ts'
import { MAX_DATA_CHARS, MAX_SHOWN_ITEMS } from './limits.ts'
import { locationText } from './location-text.ts'
import { RecordData } from './record-data.ts'
import { serviceText } from './service-text.ts'

type Format = (data: RecordData) => string

const nameOnly: Format = (data) => data.name()
const numberAndName: Format = (data) => `${data.u16()} ${data.name()}`
const twoNames: Format = (data) => `${data.name()} ${data.name()}`
const hexOnly: Format = (data) => data.hex(data.remaining)

const strings: Format = (data) => {
  let text = ''
  while (data.remaining > 0 && !data.overrun && text.length <= MAX_DATA_CHARS)
    text += text === '' ? data.quoted() : ` ${data.quoted()}`
  if (!data.overrun) data.skipRest()
  return text
}

/** RFC 1035, section 3.3.13. */
const soa: Format = (data) =>
  `${data.name()} ${data.name()} ${data.u32()} ${data.u32()} ${data.u32()} ${data.u32()} ${data.u32()}`

/** Address, IP protocol, ports with a server (RFC 1035, section 3.4.2). */
const wks: Format = (data) => {
  let text = `${data.ipv4()} ${data.u8()}`
  let shown = 0
  for (let port = 0; data.remaining > 0; port += 8) {
    const bits = data.u8()
    for (let bit = 0; bit < 8; bit++)
      if ((bits & (0x80 >> bit)) !== 0 && shown++ < MAX_SHOWN_ITEMS) text += ` ${port + bit}`
  }
  return text
}

/** RFC 3403, section 4.1. */
const naptr: Format = (data) =>
  `${data.u16()} ${data.u16()} ${data.quoted()} ${data.quoted()} ${data.quoted()} ${data.name()}`

const rest: Format = (data) => {
  const at = data.take(data.remaining)
  return at < 0 ? '' : quotedText(data.bytes, at, data.end)
}

/** RFC 8659, section 4.1: flags, tag, value. */
const caa: Format = (data) => {
  const flags = data.u8()
  return `${flags} ${data.quoted().slice(1, -1)} ${rest(data)}`
}

/** RFC 4398: type, key tag, algorithm, certificate. */
const cert: Format = (data) => `${data.u16()} ${data.u16()} ${data.u8()} ${data.base64(data.remaining)}`

/** RFC 2930: algorithm, inception, expiration, mode, error, key. The key itself is a secret and stays out. */
const tkey: Format = (data) => {
  const head = `${data.name()} ${data.u32()} ${data.u32()} ${data.u16()} ${rcodeName(data.u16())}`
  const keyBytes = data.u16()
  data.take(keyBytes)
  const otherBytes = data.u16()
  data.take(otherBytes)
  return `${head} ${keyBytes} ${otherBytes}`
}

/** RFC 8945, section 4.2: algorithm, time, fudge, MAC, original id, error, other data. */
const tsig: Format = (data) => {
  const head = `${data.name()} ${data.u48()} ${data.u16()}`
  const mac = data.base64(data.u16())
  return `${head} ${mac} ${data.u16()} ${rcodeName(data.u16())} ${data.hex(data.u16())}`
}

/** RFC 3123: address family, prefix, negation. */
const apl: Format = (data) => {
  const items: string[] = []
  while (data.remaining > 0 && !data.overrun && items.length < MAX_SHOWN_ITEMS) {
    const family = data.u16()
    const prefix = data.u8()
    const length = data.u8()
    items.push(`${(length & 0x80) !== 0 ? '!' : ''}${family}:${data.hex(length & 0x7f)}/${prefix}`)
  }
  if (!data.overrun) data.skipRest()
  return items.join(' ')
}

/** RFC 7043. */
const eui: Format = (data) => data.hex(data.remaining).replace(/..(?!$)/g, '$&-')

const formats: ReadonlyMap<number, Format> = new Map<number, Format>([
  [2, nameOnly],
  [3, nameOnly],
  [4, nameOnly],
  [5, nameOnly],
  [6, soa],
  [7, nameOnly],
  [8, nameOnly],
  [9, nameOnly],
  [11, wks],
  [12, nameOnly],
  [13, strings],
  [14, twoNames],
  [15, numberAndName],
  [16, strings],
  [17, twoNames],
  [18, numberAndName],
  [19, strings],
  [20, strings],
  [21, numberAndName],
  [23, nameOnly],
  [24, rrsigText],
  [25, dnskeyText],
  [29, locationText],
  [33, (data) => `${data.u16()} ${data.u16()} ${data.u16()} ${data.name()}`],
  [35, naptr],
  [36, numberAndName],
  [37, cert],
  [39, nameOnly],
  [42, apl],
  [43, dsText],
  [44, (data) => `${data.u8()} ${data.u8()} ${data.hex(data.remaining)}`],
  [46, rrsigText],
  [47, nsecText],
  [48, dnskeyText],
  [49, (data) => data.base64(data.remaining)],
  [50, nsec3Text],
  [51, nsec3ParamText],
  [52, (data) => `${data.u8()} ${data.u8()} ${data.u8()} ${data.hex(data.remaining)}`],
  [53, (data) => `${data.u8()} ${data.u8()} ${data.u8()} ${data.hex(data.remaining)}`],
  [59, dsText],
  [60, dnskeyText],
  [61, (data) => data.base64(data.remaining)],
  [62, csyncText],
  [63, (data) => `${data.u32()} ${data.u8()} ${data.u8()} ${data.hex(data.remaining)}`],
  [64, serviceText],
  [65, serviceText],
  [99, strings],
  [107, numberAndName],
  [108, eui],
  [109, eui],
  [249, tkey],
  [250, tsig],
  [256, (data) => `${data.u16()} ${data.u16()} ${rest(data)}`],
  [257, caa],
  [261, strings],
  [10, hexOnly],
])

const data = new RecordData()

/**
 * The data of a record as text, at most MAX_DATA_CHARS characters; `\# length hex` where it cannot be read.
 * @param message the whole message, from its header
 */
export function recordText(message: Uint8Array, type: number, start: number, end: number): string {
  if (type === Type.A && end - start === 4) return ipv4Text(message, start)
  if (type === Type.AAAA && end - start === 16) return ipv6Text(message, start)
  const format = formats.get(type)
  let text = ''
  data.reset(message, start, end)
  if (format !== undefined && end > start) text = format(data)
  if (format === undefined || data.overrun || data.remaining > 0 || end === start)
    text = unknownText(message, start, end)
  return text.length > MAX_DATA_CHARS ? `${text.slice(0, MAX_DATA_CHARS)}…` : text
}
