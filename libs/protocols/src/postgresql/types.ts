import type { KeptBytes } from '@hindwire/bytes/keep.ts'

import { Message, Role } from '../contract/message.ts'

/** What a client asked for. It decides where the response ends. */
export const Kind = {
  /** SSLRequest, GSSENCRequest: one byte answers. */
  Negotiation: 0,
  /** StartupMessage: answered by authentication and parameters, up to ReadyForQuery. */
  Startup: 1,
  /** Query, FunctionCall: answered up to ReadyForQuery. */
  Query: 2,
  /** [Parse] [Bind] [Describe] Execute: answered up to CommandComplete. */
  Execute: 3,
  /** Parse, Bind, Describe or Close without Execute behind it: one acknowledgement each. */
  Prepare: 4,
  /** CancelRequest, Terminate, and what a server sends unasked. */
  Alone: 5,
} as const
export type Kind = (typeof Kind)[keyof typeof Kind]

/** A statement that was parsed, or seen in a Query. */
export interface Statement {
  /** The text, or the beginning of it that is kept; null where Parse was not captured. */
  readonly text: KeptBytes | null
  /** Name of the prepared statement; empty for the unnamed one and for simple queries. */
  readonly name: string
  readonly cut: boolean
  /** OIDs of parameter types that Parse or ParameterDescription gave; 0 where it left one open. */
  parameterTypes: readonly number[]
  /** Body of the RowDescription that described it. */
  columns: KeptBytes | null
}

export class PostgresqlRequest extends Message {
  readonly kind: Kind
  /** `method` of the entry unless the response knows better. */
  readonly command: string
  /** Messages of which each gets one acknowledgement. */
  elements = 0
  /** Number of the Sync that ends its batch; −1 outside the extended protocol. */
  batch = -1
  statement: Statement | null = null
  portal = ''
  /** Body of the Bind message, with parameters and formats. */
  bind: KeptBytes | null = null
  bindCut = false
  /** Most rows that Execute asks for; 0 for all. */
  maxRows = 0
  /** Start-up parameters without credentials. */
  options: Record<string, string> | null = null
  /** Data of COPY … FROM STDIN. */
  copy: CopyData | null = null
  copyFailed = ''
  /** Process that a CancelRequest names. Its key is a credential. */
  processId = 0
  /** Database and user of the connection. */
  login: Login

  constructor(kind: Kind, command: string, login: Login) {
    super(kind === Kind.Alone ? Role.OneWay : Role.Request)
    this.kind = kind
    this.command = command
    this.login = login
  }
}

/** Who is logged in where, as the StartupMessage said; empty where it was not captured. */
export interface Login {
  readonly database: string
  readonly user: string
  readonly version: string
}

export interface CopyData {
  bytes: number
  messages: number
  /** Beginning of the data. */
  readonly sample: Uint8Array
  sampled: number
}

export type Fields = Readonly<Record<string, string>>

export class PostgresqlResponse extends Message {
  /** `method` where the response stands alone. */
  command = ''
  /** Kind of the request it answers, as known when it began; −1 unknown. */
  kind: Kind | -1 = -1
  /** Acknowledgements that are still to come. */
  pending = 0
  /** BindComplete or ParseComplete seen: the extended protocol. */
  extended = false
  tags: string[] = []
  tagCount = 0
  rows = 0
  suspended = false
  columns: KeptBytes | null = null
  columnsCut = false
  /** Bodies of the first DataRow messages. */
  sample: KeptBytes[] = []
  sampleBytes = 0
  error: Fields | null = null
  notices: Fields[] = []
  noticeCount = 0
  /** Kinds of authentication the server asked for. */
  authentication: string[] = []
  parameters: Record<string, string> | null = null
  copy: CopyData | null = null
  copyDirection: '' | 'in' | 'out' | 'both' = ''
  /** Transaction status of ReadyForQuery: I, T or E. */
  status = ''
  /** Answer to a negotiation: S, N or G. */
  reply = ''
  /** Not sent by the server: the request was passed over behind an error of its pipeline. */
  skipped = false
  channel: KeptBytes | null = null
  payload: KeptBytes | null = null
  processId = 0
}

export type PostgresqlMessage = PostgresqlRequest | PostgresqlResponse
