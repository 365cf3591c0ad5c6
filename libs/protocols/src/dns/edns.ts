/** EDNS(0): the OPT pseudo record (RFC 6891) and its options. */
import { u16be } from '@hindwire/bytes/endian.ts'

import { extendedErrorName, OptionCode, optionName, Type } from './constants.ts'
import { hexText, ipv4Text, ipv6Text, quotedText } from './data-text.ts'
import { MAX_SHOWN_ITEMS } from './limits.ts'
import { RecordData } from './record-data.ts'
import type { DnsMessage } from './types.ts'

/** The offset behind the name of the message's OPT record, or -1. It stands in the additional section. */
export function findOpt(message: DnsMessage): number {
  const { at, additional } = message.sections
  for (let i = at.length - 2 * additional; i < at.length; i += 2) {
    const behind = at[i + 1] ?? 0
    if (u16be(message.bytes, behind) === Type.OPT) return behind
  }
  return -1
}

export interface EdnsOption {
  readonly name: string
  readonly value: string
}

export interface Edns {
  /** Largest datagram that the sender takes, bytes. */
  readonly udpSize: number
  readonly version: number
  /** DNSSEC OK: the sender wants signatures. */
  readonly dnssecOk: boolean
  readonly options: readonly EdnsOption[]
}

/** Decodes the OPT record whose name ends at `behind`. */
export function readEdns(message: DnsMessage, behind: number): Edns {
  const bytes = message.bytes
  const options: EdnsOption[] = []
  const end = behind + 10 + u16be(bytes, behind + 8)
  let at = behind + 10
  while (at + 4 <= end && options.length < MAX_SHOWN_ITEMS) {
    const stop = at + 4 + u16be(bytes, at + 2)
    if (stop > end) break
    options.push({ name: optionName(u16be(bytes, at)), value: optionText(bytes, u16be(bytes, at), at + 4, stop) })
    at = stop
  }
  if (at < end && options.length < MAX_SHOWN_ITEMS) options.push({ name: 'MALFORMED', value: hexText(bytes, at, end) })
  return {
    udpSize: u16be(bytes, behind + 2),
    version: bytes[behind + 5] ?? 0,
    dnssecOk: ((bytes[behind + 6] ?? 0) & 0x80) !== 0,
    options,
  }
}

const data = new RecordData()

function optionText(bytes: Uint8Array, code: number, start: number, end: number): string {
  data.reset(bytes, start, end)
  const text = knownOptionText(code, data, end - start)
  return data.overrun ? hexText(bytes, start, end) : text
}

function knownOptionText(code: number, option: RecordData, length: number): string {
  switch (code) {
    case OptionCode.ClientSubnet:
      return clientSubnetText(option)
    case OptionCode.Cookie: {
      const client = option.hex(8)
      return length > 8 ? `${client} ${option.hex(option.remaining)}` : client
    }
    case OptionCode.ExtendedError: {
      const name = extendedErrorName(option.u16())
      return option.remaining > 0
        ? `${name}: ${quotedText(option.bytes, option.position, option.end).slice(1, -1)}`
        : name
    }
    case OptionCode.Nsid:
      return quotedText(option.bytes, option.position, option.end).slice(1, -1)
    case OptionCode.Expire:
      return length === 0 ? '' : `${option.u32()}`
    case OptionCode.KeepAlive:
      return length === 0 ? '' : `${option.u16() / 10}s`
    case OptionCode.Padding:
      return `${length} bytes`
    default:
      return option.hex(length)
  }
}

/** RFC 7871, section 6: family, source and scope prefix length, the address's first bytes. */
function clientSubnetText(option: RecordData): string {
  const family = option.u16()
  const source = option.u8()
  const scope = option.u8()
  const length = option.remaining
  const whole = new Uint8Array(16)
  if ((family !== 1 && family !== 2) || length > (family === 1 ? 4 : 16)) {
    option.overrun = true
    return ''
  }
  whole.set(option.bytes.subarray(option.position, option.end))
  return `${family === 1 ? ipv4Text(whole, 0) : ipv6Text(whole, 0)}/${source}/${scope}`
}
