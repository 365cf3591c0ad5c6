/** What a response says about addresses, for the name resolver (`src.dns`, `dst.dns`). */
import { u16be, u32be } from '@hindwire/bytes/endian.ts'

import { Type } from './constants.ts'
import { ipv4Text, ipv6Text } from './data-text.ts'
import { nameText } from './name.ts'
import type { DnsMessage } from './types.ts'

/** An address (RFC 5952 text), a name for it without a dot at the end, and for how many seconds it holds. */
export type AddressFound = (address: string, name: string, ttl: number) => void

interface Alias {
  readonly owner: string
  readonly ttl: number
}

/**
 * Calls `found` for every A and AAAA record of a response: with the name that was asked for, where CNAME records lead
 * from it to the record, else with the record's owner. Responses with an error, and queries, give nothing.
 */
export function forEachAddress(message: DnsMessage, found: AddressFound): void {
  if (!message.isResponse || (message.flags & 15) !== 0) return
  const { bytes, sections } = message
  const { at } = sections
  const aliases = new Map<string, Alias>()
  for (let i = 2 * sections.questions; i < at.length; i += 2) {
    const behind = at[i + 1] ?? 0
    const type = u16be(bytes, behind)
    const data = behind + 10
    const length = u16be(bytes, behind + 8)
    if (type !== Type.CNAME && !(type === Type.A && length === 4) && !(type === Type.AAAA && length === 16)) continue
    const owner = nameText(bytes, at[i] ?? 0, behind)
    if (owner === null) continue
    if (type === Type.CNAME) {
      const target = nameText(bytes, data, data + length)
      if (target !== null) aliases.set(target.toLowerCase(), { owner, ttl: u32be(bytes, behind + 4) })
      continue
    }
    const { owner: name, ttl } = firstOwner(aliases, owner, u32be(bytes, behind + 4))
    found(type === Type.A ? ipv4Text(bytes, data) : ipv6Text(bytes, data), name, ttl)
  }
}

/** Follows aliases back to the name that nothing points to; the shortest TTL on the way holds. */
function firstOwner(aliases: ReadonlyMap<string, Alias>, name: string, ttl: number): Alias {
  let owner = name
  let shortest = ttl
  // Each step uses one alias: more steps than aliases are a loop.
  for (let steps = aliases.size; steps > 0; steps--) {
    const alias = aliases.get(owner.toLowerCase())
    if (alias === undefined) break
    owner = alias.owner
    shortest = Math.min(shortest, alias.ttl)
  }
  return { owner, ttl: shortest }
}
