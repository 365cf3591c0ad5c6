import type { Protocol } from '../contract/protocol.ts'
import { detect, sender } from './detect.ts'
import { fields } from './fields.ts'
import { HttpSession } from './session.ts'
import { summarize } from './summarize.ts'
import type { HttpMessage } from './types.ts'

/** HTTP/1.0 and HTTP/1.1 (RFC 9110, RFC 9112). */
export const http: Protocol<HttpMessage> = {
  name: 'http',
  entryProtocols: ['http'],
  title: 'HTTP/1.x',
  transports: ['tcp'],
  ports: [80, 8080, 8000, 8888, 3128],
  priority: 50,
  fields,
  detect,
  sender,
  open: (link) => new HttpSession(link),
  summarize,
}
