import { u16be } from '@hindwire/bytes/endian.ts'

import { Side } from '../contract/message.ts'
import type { Protocol } from '../contract/protocol.ts'
import type { Link } from '../contract/session.ts'
import { Flag, LLMNR_PORT, MDNS_PORT } from './constants.ts'
import { detect, isHeaderPlausible, isMessage } from './detect.ts'
import { fields } from './fields.ts'
import { HEADER_BYTES } from './limits.ts'
import { DnsSession } from './session.ts'
import { summarize } from './summarize.ts'
import type { DnsMessage } from './types.ts'

/** Offset of the flags of the message that begins at `start`, with or without a length in front; -1 for no message. */
function findFlags(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < HEADER_BYTES) return -1
  if (isMessage(bytes, start, end)) return start + 2
  return end - start >= 2 + HEADER_BYTES && isHeaderPlausible(bytes, start + 2) ? start + 4 : -1
}

export const dns: Protocol<DnsMessage> = {
  name: 'dns',
  entryProtocols: ['dns', 'mdns', 'llmnr'],
  title: 'Domain Name System',
  transports: ['udp', 'tcp'],
  ports: [53, MDNS_PORT, LLMNR_PORT],
  priority: 30,
  fields,
  detect,
  sender(bytes, start, end) {
    const at = findFlags(bytes, start, end)
    if (at < 0) return -1
    return (u16be(bytes, at) & Flag.Response) === 0 ? Side.Client : Side.Server
  },
  open(link: Link) {
    return new DnsSession(link)
  },
  summarize,
}
