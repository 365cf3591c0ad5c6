import type { KeptBytes } from '@hindwire/bytes/keep.ts'

import { Message, Role } from '../contract/message.ts'

/** Commands that are no command bytes. */
export const Pseudo = {
  /** HandshakeResponse. */
  Login: -1,
  /** SSLRequest: what follows is TLS. */
  Ssl: -2,
} as const

/** Who is logged in where; empty where the login was not captured. */
export interface Login {
  readonly database: string
  readonly user: string
}

export interface Statement {
  /** −1 until the server has given it one. */
  id: number
  /** Text of COM_STMT_PREPARE. */
  readonly text: KeptBytes | null
  readonly textCut: boolean
  parameters: number
  /** Types of the parameters as the last execution sent them; −1 not known. */
  types: readonly number[]
  /** Column definitions of its result. */
  columns: readonly KeptBytes[]
}

export class MysqlRequest extends Message {
  /** Command byte, or one of Pseudo. */
  readonly command: number
  login: Login
  text: KeptBytes | null = null
  textCut = false
  /** Statement id; −1 where the command has none. */
  statementId = -1
  statement: Statement | null = null
  /** Null bitmap and values of the parameters. */
  values: KeptBytes | null = null
  valuesCut = false
  types: readonly number[] = []
  /** Number of a connection to kill, of rows to fetch. */
  argument = -1
  // -- of a login
  greeting: Greeting | null = null
  plugin = ''
  attributes: Record<string, string> | null = null
  capabilities = 0
  // -- of LOAD DATA LOCAL
  file: FileData | null = null

  constructor(role: Role, command: number, login: Login) {
    super(role)
    this.command = command
    this.login = login
  }
}

export interface FileData {
  bytes: number
  readonly sample: Uint8Array
  sampled: number
}

export interface Greeting {
  readonly version: string
  readonly connectionId: number
  readonly capabilities: number
  readonly plugin: string
}

export interface ServerError {
  readonly code: number
  readonly state: string
  readonly message: string
}

export class MysqlResponse extends Message {
  /** Rows and column definitions of the first result that has any. */
  columns: KeptBytes[] = []
  sample: KeptBytes[] = []
  sampleBytes = 0
  binary = false
  /** Rows that were sent, of all results. */
  rows = 0
  affected = 0
  results = 0
  lastInsertId = 0
  warnings = 0
  status = -1
  info = ''
  error: ServerError | null = null
  /** Text that answers COM_STATISTICS. */
  text = ''
  fileName = ''
  plugins: string[] = []
  statementId = -1
  parameters = 0
  preparedColumns = 0
  /** Events of a binary log. */
  events = 0

  constructor() {
    super(Role.Response)
  }
}

export type MysqlMessage = MysqlRequest | MysqlResponse
