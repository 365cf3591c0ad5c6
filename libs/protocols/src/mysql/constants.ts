/** Command bytes (my_command.h of MySQL, and of MariaDB where it has others). */
export const Command = {
  Quit: 0x01,
  InitDb: 0x02,
  Query: 0x03,
  FieldList: 0x04,
  Statistics: 0x09,
  ProcessInfo: 0x0a,
  ChangeUser: 0x11,
  BinlogDump: 0x12,
  StmtPrepare: 0x16,
  StmtExecute: 0x17,
  StmtSendLongData: 0x18,
  StmtClose: 0x19,
  StmtReset: 0x1a,
  StmtFetch: 0x1c,
  BinlogDumpGtid: 0x1e,
  StmtBulkExecute: 0xfa,
} as const

export const commandNames: Readonly<Record<number, string>> = {
  0x00: 'COM_SLEEP',
  0x01: 'COM_QUIT',
  0x02: 'COM_INIT_DB',
  0x03: 'COM_QUERY',
  0x04: 'COM_FIELD_LIST',
  0x05: 'COM_CREATE_DB',
  0x06: 'COM_DROP_DB',
  0x07: 'COM_REFRESH',
  0x08: 'COM_SHUTDOWN',
  0x09: 'COM_STATISTICS',
  0x0a: 'COM_PROCESS_INFO',
  0x0b: 'COM_CONNECT',
  0x0c: 'COM_PROCESS_KILL',
  0x0d: 'COM_DEBUG',
  0x0e: 'COM_PING',
  0x0f: 'COM_TIME',
  0x10: 'COM_DELAYED_INSERT',
  0x11: 'COM_CHANGE_USER',
  0x12: 'COM_BINLOG_DUMP',
  0x13: 'COM_TABLE_DUMP',
  0x14: 'COM_CONNECT_OUT',
  0x15: 'COM_REGISTER_SLAVE',
  0x16: 'COM_STMT_PREPARE',
  0x17: 'COM_STMT_EXECUTE',
  0x18: 'COM_STMT_SEND_LONG_DATA',
  0x19: 'COM_STMT_CLOSE',
  0x1a: 'COM_STMT_RESET',
  0x1b: 'COM_SET_OPTION',
  0x1c: 'COM_STMT_FETCH',
  0x1d: 'COM_DAEMON',
  0x1e: 'COM_BINLOG_DUMP_GTID',
  0x1f: 'COM_RESET_CONNECTION',
  0x20: 'COM_CLONE',
  0x21: 'COM_SUBSCRIBE_GROUP_REPLICATION_STREAM',
  0xfa: 'COM_STMT_BULK_EXECUTE',
  0xfe: 'COM_MULTI',
}

export function commandName(command: number): string {
  return commandNames[command] ?? `UNKNOWN(0x${command.toString(16).padStart(2, '0')})`
}

/** Capability flags that change what is read (https://dev.mysql.com/doc/dev/mysql-server/latest/group__group__cs__capabilities__flags.html). */
export const Capability = {
  ConnectWithDb: 1 << 3,
  Compress: 1 << 5,
  Protocol41: 1 << 9,
  Ssl: 1 << 11,
  SecureConnection: 1 << 15,
  PluginAuth: 1 << 19,
  ConnectAttributes: 1 << 20,
  PluginAuthLenenc: 1 << 21,
  DeprecateEof: 1 << 24,
  OptionalMetadata: 1 << 25,
  Zstd: 1 << 26,
  QueryAttributes: 1 << 27,
} as const

/** Server status flags. */
export const Status = { MoreResults: 0x0008, CursorExists: 0x0040 } as const

/** First byte of a packet of the server. */
export const Header = { Ok: 0x00, More: 0x01, LocalInfile: 0xfb, Eof: 0xfe, Error: 0xff } as const

/** Column types (field_types.h). */
export const typeNames: Readonly<Record<number, string>> = {
  0: 'DECIMAL',
  1: 'TINY',
  2: 'SHORT',
  3: 'LONG',
  4: 'FLOAT',
  5: 'DOUBLE',
  6: 'NULL',
  7: 'TIMESTAMP',
  8: 'LONGLONG',
  9: 'INT24',
  10: 'DATE',
  11: 'TIME',
  12: 'DATETIME',
  13: 'YEAR',
  15: 'VARCHAR',
  16: 'BIT',
  242: 'VECTOR',
  245: 'JSON',
  246: 'NEWDECIMAL',
  247: 'ENUM',
  248: 'SET',
  249: 'TINY_BLOB',
  250: 'MEDIUM_BLOB',
  251: 'LONG_BLOB',
  252: 'BLOB',
  253: 'VAR_STRING',
  254: 'STRING',
  255: 'GEOMETRY',
}
