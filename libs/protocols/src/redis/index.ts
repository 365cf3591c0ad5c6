import type { Protocol } from '../contract/protocol.ts'
import { detect, sender } from './detect.ts'
import { fields } from './fields.ts'
import { RedisSession } from './session.ts'
import { summarize } from './summarize.ts'
import type { RedisMessage } from './types.ts'

export const redis: Protocol<RedisMessage> = {
  name: 'redis',
  entryProtocols: ['redis'],
  title: 'Redis (RESP2, RESP3)',
  transports: ['tcp'],
  ports: [6379, 6380, 26379],
  // Behind the other text protocols: lines that Redis shares with them decide nothing, and must not hold them up.
  priority: 55,
  fields,
  detect,
  sender,
  open: (link) => new RedisSession(link),
  summarize,
}
