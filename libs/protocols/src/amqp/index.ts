import type { Protocol } from '../contract/protocol.ts'
import { detect, sender } from './detect.ts'
import { fields } from './fields.ts'
import { AmqpSession } from './session.ts'
import { summarize } from './summarize.ts'
import type { AmqpMessage } from './types.ts'

export const amqp: Protocol<AmqpMessage> = {
  name: 'amqp',
  entryProtocols: ['amqp'],
  title: 'AMQP 0-9-1',
  transports: ['tcp'],
  ports: [5672],
  priority: 30,
  fields,
  detect,
  sender,
  open: (link) => new AmqpSession(link),
  summarize,
}
