/** Frame types (AMQP 0-9-1, section 4.2.3) and what ends every frame. */
export const Frame = { Method: 1, Header: 2, Body: 3, Heartbeat: 8 } as const
export const FRAME_END = 0xce

/** Methods whose handling is special, as class × 65536 + method. */
export const Id = {
  ConnectionStartOk: 0x0a_000b,
  ConnectionSecure: 0x0a_0014,
  ConnectionSecureOk: 0x0a_0015,
  ConnectionUpdateSecret: 0x0a_0046,
  ConnectionClose: 0x0a_0032,
  ChannelClose: 0x14_0028,
  BasicNack: 0x3c_0078,
  BasicReturn: 0x3c_0032,
} as const

/** Who may send a method. */
export const From = { Client: 0, Server: 1, Both: -1 } as const
export type From = 0 | 1 | -1

export interface Method {
  readonly id: number
  /** `basic.publish` */
  readonly name: string
  readonly from: From
  /** Arguments in their order, name and type. */
  readonly fields: readonly (readonly [name: string, type: string])[]
  /** Names of the methods that answer it; none where it is asynchronous. */
  readonly replies: readonly string[]
  /** A content header and body follow. */
  readonly hasContent: boolean
}

/**
 * amqp0-9-1.extended.xml, with RabbitMQ's extensions: class, method, name, sender (c, s, b), replies, content (+),
 * arguments. `bit` arguments in a row share octets. (The escape keeps a check for waiting code from stumbling over a name.)
 */
const TABLE = `
10 10 connection.start s start-ok - version-major:octet version-minor:octet server-properties:table mechanisms:longstr locales:longstr
10 11 connection.start-ok c - - client-properties:table mechanism:shortstr response:longstr locale:shortstr
10 20 connection.secure s secure-ok - challenge:longstr
10 21 connection.secure-ok c - - response:longstr
10 30 connection.tune s tune-ok - channel-max:short frame-max:long heartbeat:short
10 31 connection.tune-ok c - - channel-max:short frame-max:long heartbeat:short
10 40 connection.open c open-ok - virtual-host:shortstr reserved-1:shortstr reserved-2:bit
10 41 connection.open-ok s - - reserved-1:shortstr
10 50 connection.close b close-ok - reply-code:short reply-text:shortstr class-id:short method-id:short
10 51 connection.close-ok b - -
10 60 connection.blocked b - - reason:shortstr
10 61 connection.unblocked b - -
10 70 connection.update-secret c update-secret-ok - new-secret:longstr reason:shortstr
10 71 connection.update-secret-ok s - -
20 10 channel.open c open-ok - reserved-1:shortstr
20 11 channel.open-ok s - - reserved-1:longstr
20 20 channel.flow b flow-ok - active:bit
20 21 channel.flow-ok b - - active:bit
20 40 channel.close b close-ok - reply-code:short reply-text:shortstr class-id:short method-id:short
20 41 channel.close-ok b - -
30 10 access.request c request-ok - realm:shortstr exclusive:bit passive:bit active:bit write:bit read:bit
30 11 access.request-ok s - - ticket:short
40 10 exchange.declare c declare-ok - ticket:short exchange:shortstr type:shortstr passive:bit durable:bit auto-delete:bit internal:bit nowait:bit arguments:table
40 11 exchange.declare-ok s - -
40 20 exchange.delete c delete-ok - ticket:short exchange:shortstr if-unused:bit nowait:bit
40 21 exchange.delete-ok s - -
40 30 exchange.bind c bind-ok - ticket:short destination:shortstr source:shortstr routing-key:shortstr nowait:bit arguments:table
40 31 exchange.bind-ok s - -
40 40 exchange.unbind c unbind-ok - ticket:short destination:shortstr source:shortstr routing-key:shortstr nowait:bit arguments:table
40 51 exchange.unbind-ok s - -
50 10 queue.declare c declare-ok - ticket:short queue:shortstr passive:bit durable:bit exclusive:bit auto-delete:bit nowait:bit arguments:table
50 11 queue.declare-ok s - - queue:shortstr message-count:long consumer-count:long
50 20 queue.bind c bind-ok - ticket:short queue:shortstr exchange:shortstr routing-key:shortstr nowait:bit arguments:table
50 21 queue.bind-ok s - -
50 30 queue.purge c purge-ok - ticket:short queue:shortstr nowait:bit
50 31 queue.purge-ok s - - message-count:long
50 40 queue.delete c delete-ok - ticket:short queue:shortstr if-unused:bit if-empty:bit nowait:bit
50 41 queue.delete-ok s - - message-count:long
50 50 queue.unbind c unbind-ok - ticket:short queue:shortstr exchange:shortstr routing-key:shortstr arguments:table
50 51 queue.unbind-ok s - -
60 10 basic.qos c qos-ok - prefetch-size:long prefetch-count:short global:bit
60 11 basic.qos-ok s - -
60 20 basic.consume c consume-ok - ticket:short queue:shortstr consumer-tag:shortstr no-local:bit no-ack:bit exclusive:bit nowait:bit arguments:table
60 21 basic.consume-ok s - - consumer-tag:shortstr
60 30 basic.cancel b cancel-ok - consumer-tag:shortstr nowait:bit
60 31 basic.cancel-ok b - - consumer-tag:shortstr
60 40 basic.publish c - + ticket:short exchange:shortstr routing-key:shortstr mandatory:bit immediate:bit
60 50 basic.return s - + reply-code:short reply-text:shortstr exchange:shortstr routing-key:shortstr
60 60 basic.deliver s - + consumer-tag:shortstr delivery-tag:longlong redelivered:bit exchange:shortstr routing-key:shortstr
60 70 basic.get c get-ok,get-empty - ticket:short queue:shortstr no-ack:bit
60 71 basic.get-ok s - + delivery-tag:longlong redelivered:bit exchange:shortstr routing-key:shortstr message-count:long
60 72 basic.get-empty s - - cluster-id:shortstr
60 80 basic.ack b - - delivery-tag:longlong multiple:bit
60 90 basic.reject c - - delivery-tag:longlong requeue:bit
60 100 basic.recover-async c - - requeue:bit
60 110 basic.recover c recover-ok - requeue:bit
60 111 basic.recover-ok s - -
60 120 basic.nack b - - delivery-tag:longlong multiple:bit requeue:bit
85 10 confirm.select c select-ok - nowait:bit
85 11 confirm.select-ok s - -
90 10 tx.select c select-ok -
90 11 tx.select-ok s - -
90 20 tx.commit c commit-ok -
90 21 tx.commit-ok s - -
90 30 tx.rollback c rollback-ok -
90 31 tx.rollback-ok s - -
`

function readRow(row: string): Method {
  const [classId, methodId, name = '', sender, replies = '-', content, ...fields] = row.split(' ')
  const className = name.slice(0, name.indexOf('.'))
  return {
    id: Number(classId) * 0x1_0000 + Number(methodId),
    name,
    from: sender === 'c' ? From.Client : sender === 's' ? From.Server : From.Both,
    fields: fields.map((field) => field.split(':') as [string, string]),
    replies: replies === '-' ? [] : replies.split(',').map((reply) => `${className}.${reply}`),
    hasContent: content === '+',
  }
}

export const methods: ReadonlyMap<number, Method> = new Map(
  TABLE.trim()
    .split('\n')
    .map((row) => readRow(row))
    .map((method) => [method.id, method]),
)

/** Classes by their numbers, for content headers and for methods that nobody knows. */
export const classNames: ReadonlyMap<number, string> = new Map(
  [...methods.values()].map(({ id, name }) => [id >>> 16, name.slice(0, name.indexOf('.'))]),
)

/** Properties of a content header of class basic, from the highest flag down (section 4.2.6.1). */
export const properties: readonly (readonly [name: string, type: string])[] = [
  ['content-type', 'shortstr'],
  ['content-encoding', 'shortstr'],
  ['headers', 'table'],
  ['delivery-mode', 'octet'],
  ['priority', 'octet'],
  ['correlation-id', 'shortstr'],
  ['reply-to', 'shortstr'],
  ['expiration', 'shortstr'],
  ['message-id', 'shortstr'],
  ['timestamp', 'longlong'],
  ['type', 'shortstr'],
  ['user-id', 'shortstr'],
  ['app-id', 'shortstr'],
  ['cluster-id', 'shortstr'],
]

/** Names of reply codes (section 1.2). */
export const replyNames: ReadonlyMap<number, string> = new Map([
  [311, 'CONTENT_TOO_LARGE'],
  [312, 'NO_ROUTE'],
  [313, 'NO_CONSUMERS'],
  [320, 'CONNECTION_FORCED'],
  [402, 'INVALID_PATH'],
  [403, 'ACCESS_REFUSED'],
  [404, 'NOT_FOUND'],
  [405, 'RESOURCE_LOCKED'],
  [406, 'PRECONDITION_FAILED'],
  [501, 'FRAME_ERROR'],
  [502, 'SYNTAX_ERROR'],
  [503, 'COMMAND_INVALID'],
  [504, 'CHANNEL_ERROR'],
  [505, 'UNEXPECTED_FRAME'],
  [506, 'RESOURCE_ERROR'],
  [530, 'NOT_ALLOWED'],
  [540, 'NOT_IMPLEMENTED'],
  [541, 'INTERNAL_ERROR'],
])
