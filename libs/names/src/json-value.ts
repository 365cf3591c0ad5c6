import { isIPv4, isIPv6, SocketAddress } from 'node:net'

import type { NameLimits, NameProtocol } from './name-record.ts'

/** Reading of parsed JSON whose shape is not known: every function answers with an empty value for what does not fit. */
export type JsonObject = Readonly<Record<string, unknown>>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function objectAt(value: unknown, key: string): JsonObject {
  const found = isObject(value) ? value[key] : undefined
  return isObject(found) ? found : {}
}

export function listAt(value: unknown, key: string): readonly unknown[] {
  const found = isObject(value) ? value[key] : undefined
  return Array.isArray(found) ? found : []
}

export function textAt(value: unknown, key: string): string {
  const found = isObject(value) ? value[key] : undefined
  return typeof found === 'string' ? found : ''
}

/** A port number, or 0. */
export function portAt(value: unknown, key: string): number {
  const found = isObject(value) ? value[key] : undefined
  return typeof found === 'number' && Number.isInteger(found) && found > 0 && found <= 65_535 ? found : 0
}

export function protocolAt(value: unknown, key: string): NameProtocol | undefined {
  const found = textAt(value, key).toLowerCase()
  return found === 'tcp' || found === 'udp' || found === 'sctp' ? found : undefined
}

/** A time as µs since 1970: from ISO 8601 text or a number of milliseconds. */
export function timeAt(value: unknown, key: string): number | undefined {
  const found = isObject(value) ? value[key] : undefined
  const ms = typeof found === 'string' ? Date.parse(found) : found
  return typeof ms === 'number' && Number.isFinite(ms) ? Math.round(ms * 1000) : undefined
}

/** Labels or annotations; undefined for none. */
export function pairsAt(value: unknown, key: string, limits: NameLimits): Record<string, string> | undefined {
  const pairs: [string, string][] = []
  for (const [name, text] of Object.entries(objectAt(value, key))) {
    if (typeof text !== 'string' || text.length > limits.maxValueChars || name.length > limits.maxValueChars) continue
    if (pairs.length < limits.maxPairs) pairs.push([name, text])
  }
  return pairs.length === 0 ? undefined : Object.fromEntries(pairs)
}

/** The address as flows write it: dotted IPv4, short IPv6; mapped IPv4 unwrapped. Empty for what is none. */
export function normaliseIp(text: string): string {
  if (isIPv4(text)) return text
  if (!isIPv6(text)) return ''
  const { address } = new SocketAddress({ address: text.replace(/%.*$/, ''), family: 'ipv6' })
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)
  return mapped?.[1] ?? address.replace(/:(\d+)\.(\d+)\.(\d+)\.(\d+)$/, hexTail)
}

/** `::1.2.3.4` as `::102:304`: flows write dots for mapped addresses only. */
function hexTail(_text: string, ...groups: string[]): string {
  const [a = 0, b = 0, c = 0, d = 0] = groups.slice(0, 4).map(Number)
  return `:${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
}
