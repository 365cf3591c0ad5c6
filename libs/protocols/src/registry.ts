import { amqp } from './amqp/index.ts'
import type { Protocol } from './contract/protocol.ts'
import { dns } from './dns/index.ts'
import { flow } from './flow/index.ts'
import { http } from './http/index.ts'
import { http2 } from './http2/index.ts'
import { kafka } from './kafka/index.ts'
import { mongodb } from './mongodb/index.ts'
import { mysql } from './mysql/index.ts'
import { postgresql } from './postgresql/index.ts'
import { redis } from './redis/index.ts'
import { tls } from './tls/index.ts'
import { websocket } from './websocket/index.ts'

/** Every protocol that Hindwire reads. One line each. */
export const protocols: readonly Protocol[] = [
  http,
  amqp,
  dns,
  flow,
  http2,
  kafka,
  mongodb,
  mysql,
  postgresql,
  redis,
  tls,
  websocket,
]
