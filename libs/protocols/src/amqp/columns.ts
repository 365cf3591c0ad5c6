import { column } from '../contract/column.ts'

/** What a method may name beside its exchange: some name all three, so no shared column can hold them. */
export const AmqpColumns = {
  routingKey: column('amqp_routing_key', 'label', 'routing key of an AMQP method'),
  queue: column('amqp_queue', 'label', 'queue of an AMQP method'),
} as const
