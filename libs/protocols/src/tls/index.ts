import type { Protocol } from '../contract/protocol.ts'
import { detect, sender } from './detect.ts'
import { fields } from './fields.ts'
import { TlsSession } from './session.ts'
import { summarize } from './summarize.ts'
import type { TlsMessage } from './types.ts'

export const tls: Protocol<TlsMessage> = {
  name: 'tls',
  entryProtocols: ['tls'],
  title: 'TLS and SSL handshakes',
  transports: ['tcp'],
  ports: [443, 465, 636, 853, 989, 990, 993, 995, 5061, 5671, 6443, 8443, 8883],
  // The first bytes of a record are as good as a magic number.
  priority: 20,
  fields,
  detect,
  sender,
  open: (link) => new TlsSession(link),
  summarize,
}
