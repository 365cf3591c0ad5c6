import { MDNS_TOP_BIT } from './constants.ts'
import { nameHash } from './name.ts'
import type { DnsMessage } from './types.ts'

/**
 * Pairing key: the 16-bit ID above 32 bits of the first question's hash, so that an ID in use for two questions at once
 * keeps two answers apart. Messages without a question have the ID alone.
 */
export function keyOf(message: DnsMessage): number {
  const { at, questions } = message.sections
  const transaction = message.transaction * 0x1_0000_0000
  if (questions === 0) return transaction
  const behind = at[1] ?? 0
  const bytes = message.bytes
  const type = ((bytes[behind] ?? 0) << 8) | (bytes[behind + 1] ?? 0)
  const kind = (((bytes[behind + 2] ?? 0) << 8) | (bytes[behind + 3] ?? 0)) & ~MDNS_TOP_BIT
  const hash = nameHash(bytes, at[0] ?? 0, behind)
  return transaction + (Math.imul(hash ^ type ^ (kind << 16), 0x01000193) >>> 0)
}
