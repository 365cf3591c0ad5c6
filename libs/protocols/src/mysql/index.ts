import type { Protocol } from '../contract/protocol.ts'
import { detect, sender } from './detect.ts'
import { fields } from './fields.ts'
import { MysqlSession } from './session.ts'
import { summarize } from './summarize.ts'
import type { MysqlMessage } from './types.ts'

export const mysql: Protocol<MysqlMessage> = {
  name: 'mysql',
  entryProtocols: ['mysql'],
  title: 'MySQL, MariaDB',
  transports: ['tcp'],
  ports: [3306, 3307, 33060],
  priority: 40,
  fields,
  detect,
  sender,
  open: (link) => new MysqlSession(link),
  summarize,
}
