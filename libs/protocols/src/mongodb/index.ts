import type { Protocol } from '../contract/protocol.ts'
import { detect, sender } from './detect.ts'
import { fields } from './fields.ts'
import { MongodbSession } from './session.ts'
import { summarize } from './summarize.ts'
import type { MongodbMessage } from './types.ts'

export const mongodb: Protocol<MongodbMessage> = {
  name: 'mongodb',
  entryProtocols: ['mongodb'],
  title: 'MongoDB wire protocol',
  transports: ['tcp'],
  ports: [27_017, 27_018, 27_019],
  priority: 20,
  fields,
  detect,
  sender,
  open: (link) => new MongodbSession(link),
  summarize,
}
