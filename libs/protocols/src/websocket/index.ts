import type { Protocol } from '../contract/protocol.ts'
import { detect, sender } from './detect.ts'
import { fields } from './fields.ts'
import { WebsocketSession } from './session.ts'
import { summarize } from './summarize.ts'
import type { WebsocketMessage } from './types.ts'

export const websocket: Protocol<WebsocketMessage> = {
  name: 'websocket',
  entryProtocols: ['ws'],
  title: 'WebSocket (RFC 6455)',
  transports: ['tcp'],
  ports: [],
  // Without a magic number: asked last.
  priority: 90,
  fields,
  detect,
  sender,
  open: (link) => new WebsocketSession(link),
  summarize,
}
