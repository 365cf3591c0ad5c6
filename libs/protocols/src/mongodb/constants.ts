/** Operation codes: legacy-opcodes and wire-protocol pages of the MongoDB manual. */
export const Op = {
  Reply: 1,
  Update: 2001,
  Insert: 2002,
  Query: 2004,
  GetMore: 2005,
  Delete: 2006,
  KillCursors: 2007,
  Command: 2010,
  CommandReply: 2011,
  Compressed: 2012,
  Msg: 2013,
} as const

export const opNames: ReadonlyMap<number, string> = new Map([
  [Op.Reply, 'OP_REPLY'],
  [Op.Update, 'OP_UPDATE'],
  [Op.Insert, 'OP_INSERT'],
  [Op.Query, 'OP_QUERY'],
  [Op.GetMore, 'OP_GET_MORE'],
  [Op.Delete, 'OP_DELETE'],
  [Op.KillCursors, 'OP_KILL_CURSORS'],
  [Op.Command, 'OP_COMMAND'],
  [Op.CommandReply, 'OP_COMMANDREPLY'],
  [Op.Compressed, 'OP_COMPRESSED'],
  [Op.Msg, 'OP_MSG'],
])

/** flagBits of OP_MSG. Of the lower 16, a receiver must refuse those that it does not know. */
export const MsgFlag = { ChecksumPresent: 1, MoreToCome: 2, ExhaustAllowed: 0x1_0000 } as const
export const UNKNOWN_REQUIRED_FLAGS = 0xfffc

/** responseFlags of OP_REPLY. */
export const ReplyFlag = { CursorNotFound: 1, QueryFailure: 2 } as const

export const Compressor = { Noop: 0, Snappy: 1, Zlib: 2, Zstd: 3 } as const
export const compressorNames: readonly string[] = ['noop', 'snappy', 'zlib', 'zstd']

/** Types of BSON elements (https://bsonspec.org/spec.html). */
export const Bson = {
  Double: 0x01,
  String: 0x02,
  Document: 0x03,
  Array: 0x04,
  Binary: 0x05,
  Undefined: 0x06,
  ObjectId: 0x07,
  Boolean: 0x08,
  Date: 0x09,
  Null: 0x0a,
  Regex: 0x0b,
  DbPointer: 0x0c,
  Code: 0x0d,
  Symbol: 0x0e,
  CodeWithScope: 0x0f,
  Int32: 0x10,
  Timestamp: 0x11,
  Int64: 0x12,
  Decimal128: 0x13,
  MaxKey: 0x7f,
  MinKey: 0xff,
} as const

/** Names of error codes for servers and places that give the number only (error_codes.yml of the server). */
export const errorNames: ReadonlyMap<number, string> = new Map([
  [2, 'BadValue'],
  [6, 'HostUnreachable'],
  [9, 'FailedToParse'],
  [11, 'UserNotFound'],
  [13, 'Unauthorized'],
  [14, 'TypeMismatch'],
  [18, 'AuthenticationFailed'],
  [20, 'IllegalOperation'],
  [26, 'NamespaceNotFound'],
  [27, 'IndexNotFound'],
  [43, 'CursorNotFound'],
  [48, 'NamespaceExists'],
  [50, 'MaxTimeMSExpired'],
  [59, 'CommandNotFound'],
  [64, 'WriteConcernFailed'],
  [66, 'ImmutableField'],
  [72, 'InvalidOptions'],
  [73, 'InvalidNamespace'],
  [85, 'IndexOptionsConflict'],
  [86, 'IndexKeySpecsConflict'],
  [89, 'NetworkTimeout'],
  [91, 'ShutdownInProgress'],
  [93, 'InvalidReplicaSetConfig'],
  [112, 'WriteConflict'],
  [121, 'DocumentValidationFailure'],
  [189, 'PrimarySteppedDown'],
  [251, 'NoSuchTransaction'],
  [10_107, 'NotWritablePrimary'],
  [11_000, 'DuplicateKey'],
  [11_600, 'InterruptedAtShutdown'],
  [11_601, 'Interrupted'],
  [11_602, 'InterruptedDueToReplStateChange'],
  [13_435, 'NotPrimaryNoSecondaryOk'],
])

/** Commands whose arguments, and the answers to them, hold credentials. Names in lower case. */
export const secretCommands: ReadonlySet<string> = new Set([
  'saslstart',
  'saslcontinue',
  'authenticate',
  'getnonce',
  'createuser',
  'updateuser',
  'copydb',
  'copydbgetnonce',
  'copydbsaslstart',
])

/** Fields that are credentials in those commands. */
export const secretFields: ReadonlySet<string> = new Set(['payload', 'pwd', 'key', 'nonce', 'digestPassword'])

/** Fields that hold a login within another command (`hello`), and are never shown. */
export const secretEverywhere: ReadonlySet<string> = new Set(['speculativeAuthenticate', 'pwd'])
