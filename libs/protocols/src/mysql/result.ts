import { u16le, u32le } from '@hindwire/bytes/endian.ts'
import { keep } from '@hindwire/bytes/keep.ts'
import { findByte, latin1, utf8 } from '@hindwire/bytes/text.ts'

import { Command, Header, Status } from './constants.ts'
import { MAX_COLUMNS, MAX_NAME_BYTES, MAX_SAMPLE_BYTES, MAX_SAMPLE_ROWS, MAX_STATEMENT_BYTES } from './limits.ts'
import { lenenc, lenencEnd } from './parse.ts'
import { MysqlResponse, Pseudo, type ServerError } from './types.ts'

const Stage = {
  /** OK, ERR, LOCAL INFILE or the number of columns. */
  First: 0,
  Columns: 1,
  /** EOF behind the columns, unless both sides do without. */
  ColumnsEnd: 2,
  Rows: 3,
  /** Definitions of the parameters and columns of a prepared statement. */
  Definitions: 4,
  /** Events of a binary log. */
  Events: 5,
  /** Columns of COM_FIELD_LIST. */
  Fields: 6,
} as const
type Stage = (typeof Stage)[keyof typeof Stage]

/** What the connection has shown of CLIENT_DEPRECATE_EOF. */
export interface EofUse {
  deprecated: boolean | undefined
}

/** Progress reports of MariaDB come as errors with this code. */
const PROGRESS = 0xffff
/** An EOF packet: 0xfe int<2>(warnings) int<2>(status). */
const EOF_BYTES = 5
const UNKNOWN_COMMAND = -3

/** Puts the packets of a response together, for one request. */
export class ResultReader {
  readonly response = new MysqlResponse()
  readonly #eof: EofUse
  readonly #command: number
  #stage: Stage = Stage.First
  #columns = 0
  #definitions = 0
  #eofs = 0
  /** Column definitions of the result in progress are kept: only those of the first one are. */
  #keeping = true
  /** The server waits for the contents of a file. */
  wantsFile = false

  /** `command`: of the request that it answers; undefined where that is not known. */
  constructor(command: number | undefined, eof: EofUse) {
    this.#eof = eof
    this.#command = command ?? UNKNOWN_COMMAND
    this.response.binary =
      command === Command.StmtExecute || command === Command.StmtFetch || command === Command.StmtBulkExecute
    if (command === Command.StmtFetch) this.#stage = Stage.Rows
    else if (command === Command.FieldList) this.#stage = Stage.Fields
    else if (command === Command.BinlogDump || command === Command.BinlogDumpGtid) this.#stage = Stage.Events
  }

  /** A packet with the payload bytes[start, end), of `size` bytes in all. True when the response ends with it. */
  packet(bytes: Uint8Array, start: number, end: number, size: number): boolean {
    if (size === 0) return false
    const first = bytes[start]!
    if (first === Header.Error && this.#stage !== Stage.Columns) return this.#error(bytes, start, end)
    switch (this.#stage) {
      case Stage.First:
        return this.#first(bytes, start, end, size)
      case Stage.Columns:
        return this.#column(bytes, start, end)
      case Stage.ColumnsEnd:
        return this.#columnsEnd(bytes, start, end, size)
      case Stage.Rows:
        return this.#row(bytes, start, end, size)
      case Stage.Definitions:
        return this.#definition(bytes, start, end, size)
      case Stage.Fields:
        if (first === Header.Eof && size < 9) return true
        this.#keepColumn(bytes, start, end)
        return false
      default:
        if (first === Header.Eof && size < 9) return true
        this.response.events++
        return false
    }
  }

  #error(bytes: Uint8Array, start: number, end: number): boolean {
    const error = readError(bytes, start, end)
    if (error.code === PROGRESS) return false
    this.response.error = error
    return true
  }

  #first(bytes: Uint8Array, start: number, end: number, size: number): boolean {
    const first = bytes[start]!
    const login = this.#command === Pseudo.Login || this.#command === Command.ChangeUser
    if (login) return this.#loginStep(bytes, start, end)
    if (this.#command === Command.Statistics) {
      this.response.text = utf8(bytes, start, Math.min(end, start + 4 * MAX_NAME_BYTES))
      return true
    }
    // Of a request that was not captured: an OK of this length has text there.
    const likePrepared = this.#command === UNKNOWN_COMMAND && size === 12 && bytes[start + 9] === 0
    if (first === Header.Ok && (likePrepared || this.#command === Command.StmtPrepare)) {
      return this.#preparedOk(bytes, start, end)
    }
    if (first === Header.Ok) return this.#ok(bytes, start, end)
    if (first === Header.Eof && size < 9) return this.#end(bytes, start, end, size)
    if (first === Header.LocalInfile) {
      this.response.fileName = utf8(bytes, start + 1, Math.min(end, start + 1 + MAX_NAME_BYTES))
      this.wantsFile = true
      return false
    }
    return this.#header(bytes, start, end, size)
  }

  /** AuthSwitchRequest (0xfe plugin NUL data) and AuthMoreData (0x01 data) go before OK. Their data is not kept. */
  #loginStep(bytes: Uint8Array, start: number, end: number): boolean {
    const first = bytes[start]!
    if (first === Header.Ok) return this.#ok(bytes, start, end)
    if (first === Header.Eof) {
      const nul = findByte(bytes, start + 1, end, 0)
      const plugin =
        nul < 0 ? 'mysql_old_password' : latin1(bytes, start + 1, Math.min(nul, start + 1 + MAX_NAME_BYTES))
      if (this.response.plugins.length < 8) this.response.plugins.push(plugin)
    }
    return false
  }

  /** OK = 0 lenenc(affected) lenenc(last id) int<2>(status) int<2>(warnings) info */
  #ok(bytes: Uint8Array, start: number, end: number): boolean {
    const { response } = this
    const affected = lenenc(bytes, start + 1, end)
    const lastId = affected < 0 ? -2 : lenenc(bytes, lenencEnd, end)
    if (lastId < 0) return true
    const at = lenencEnd
    response.affected += affected
    if (lastId > 0) response.lastInsertId = lastId
    response.results++
    if (at + 4 <= end) {
      response.status = u16le(bytes, at)
      response.warnings += u16le(bytes, at + 2)
    }
    if (at + 4 < end && bytes[start] === Header.Ok) {
      // The length before the text is there with CLIENT_SESSION_TRACK only.
      const length = lenenc(bytes, at + 4, end)
      const from = length >= 0 && lenencEnd + length <= end ? lenencEnd : at + 4
      const to = from === lenencEnd ? from + length : end
      response.info = utf8(bytes, from, Math.min(to, from + MAX_NAME_BYTES))
    }
    this.#stage = Stage.First
    return (response.status & Status.MoreResults) === 0 || response.status < 0
  }

  /** OK of COM_STMT_PREPARE = 0 int<4>(statement) int<2>(columns) int<2>(parameters) 0 int<2>(warnings) */
  #preparedOk(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start < 9) return true
    const { response } = this
    response.statementId = u32le(bytes, start + 1)
    response.preparedColumns = u16le(bytes, start + 5)
    response.parameters = u16le(bytes, start + 7)
    if (end - start >= 12) response.warnings = u16le(bytes, start + 10)
    this.#definitions = response.parameters + response.preparedColumns
    this.#stage = Stage.Definitions
    return this.#definitions === 0
  }

  #definition(bytes: Uint8Array, start: number, end: number, size: number): boolean {
    const { response } = this
    const expected = (response.parameters > 0 ? 1 : 0) + (response.preparedColumns > 0 ? 1 : 0)
    if (bytes[start] === Header.Eof && size === EOF_BYTES) {
      this.#eof.deprecated = false
      this.#eofs++
    } else {
      this.#definitions--
      if (this.#definitions < response.preparedColumns) this.#keepColumn(bytes, start, end)
    }
    if (this.#definitions > 0) return false
    // Not known: an EOF that follows is passed over by the session.
    return this.#eof.deprecated !== false || this.#eofs >= expected
  }

  /** lenenc(columns) [MariaDB: int<1>(definitions follow)] */
  #header(bytes: Uint8Array, start: number, end: number, size: number): boolean {
    this.#columns = lenenc(bytes, start, end)
    const follow = lenencEnd < start + size ? bytes[lenencEnd] !== 0 : true
    if (this.#columns <= 0) return true
    this.response.results++
    if (this.response.rows > 0 || this.response.columns.length > 0) this.#keeping = false
    this.#stage = follow ? Stage.Columns : this.#eof.deprecated === true ? Stage.Rows : Stage.ColumnsEnd
    return false
  }

  #column(bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#keeping) this.#keepColumn(bytes, start, end)
    if (--this.#columns === 0) this.#stage = this.#eof.deprecated === true ? Stage.Rows : Stage.ColumnsEnd
    return false
  }

  #keepColumn(bytes: Uint8Array, start: number, end: number): void {
    const { columns } = this.response
    if (columns.length < MAX_COLUMNS) columns.push(keep(bytes, start, Math.min(end, start + 4 * MAX_NAME_BYTES)))
  }

  #columnsEnd(bytes: Uint8Array, start: number, end: number, size: number): boolean {
    this.#stage = Stage.Rows
    if (bytes[start] !== Header.Eof || size !== EOF_BYTES) {
      if (this.#eof.deprecated === undefined) this.#eof.deprecated = true
      return this.#row(bytes, start, end, size)
    }
    this.#eof.deprecated = false
    const status = u16le(bytes, start + 3)
    if ((status & Status.CursorExists) === 0) return false
    // A cursor was opened: its rows are fetched with commands of their own.
    this.response.status = status
    return true
  }

  #row(bytes: Uint8Array, start: number, end: number, size: number): boolean {
    const { response } = this
    // A row that begins so has a value of 16 MiB and more: its packet is full.
    if (bytes[start] === Header.Eof && size < 0xff_ffff) return this.#end(bytes, start, end, size)
    response.rows++
    if (!this.#keeping || response.sample.length >= MAX_SAMPLE_ROWS) return false
    const length = Math.min(end - start, MAX_STATEMENT_BYTES)
    if (response.sample.length > 0 && response.sampleBytes + length > MAX_SAMPLE_BYTES) return false
    response.sample.push(keep(bytes, start, start + length))
    response.sampleBytes += length
    return false
  }

  /** EOF = 0xfe int<2>(warnings) int<2>(status); or an OK with 0xfe. */
  #end(bytes: Uint8Array, start: number, end: number, size: number): boolean {
    const { response } = this
    if (size > EOF_BYTES) {
      this.#eof.deprecated ??= true
      response.results--
      return this.#ok(bytes, start, end)
    }
    if (end - start >= EOF_BYTES) {
      response.warnings += u16le(bytes, start + 1)
      response.status = u16le(bytes, start + 3)
    }
    this.#stage = Stage.First
    return (response.status & Status.MoreResults) === 0
  }
}

/** ERR = 0xff int<2>(code) ['#' 5 characters(SQLSTATE)] message */
export function readError(bytes: Uint8Array, start: number, end: number): ServerError {
  const code = end - start >= 3 ? u16le(bytes, start + 1) : 0
  const hasState = bytes[start + 3] === 0x23 && end - start >= 9
  const state = hasState ? latin1(bytes, start + 4, start + 9) : ''
  const from = start + (hasState ? 9 : 3)
  return { code, state, message: utf8(bytes, from, Math.min(end, from + 2048)) }
}
