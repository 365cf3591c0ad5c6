import type { Protocol } from '../contract/protocol.ts'
import { detect, sender } from './detect.ts'
import { fields } from './fields.ts'
import { KafkaSession } from './session.ts'
import { summarize } from './summarize.ts'
import type { KafkaMessage } from './types.ts'

export const kafka: Protocol<KafkaMessage> = {
  name: 'kafka',
  entryProtocols: ['kafka'],
  title: 'Kafka',
  transports: ['tcp'],
  ports: [9092, 9093, 9094],
  // Behind the protocols with a signature: a length in front is all that Kafka begins with.
  priority: 60,
  fields,
  detect,
  sender,
  open: (link) => new KafkaSession(link),
  summarize,
}
