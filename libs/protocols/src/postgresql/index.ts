import type { Protocol } from '../contract/protocol.ts'
import { detect, sender } from './detect.ts'
import { fields } from './fields.ts'
import { PostgresqlSession } from './session.ts'
import { summarize } from './summarize.ts'
import type { PostgresqlMessage } from './types.ts'

export const postgresql: Protocol<PostgresqlMessage> = {
  name: 'postgresql',
  entryProtocols: ['postgresql'],
  title: 'PostgreSQL (protocol 3.x)',
  transports: ['tcp'],
  ports: [5432, 5433, 6432],
  priority: 40,
  fields,
  detect,
  sender,
  open: (link) => new PostgresqlSession(link),
  summarize,
}
