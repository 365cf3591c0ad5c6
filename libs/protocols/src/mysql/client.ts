import { u16le, u32le } from '@hindwire/bytes/endian.ts'
import { keep, type KeptBytes } from '@hindwire/bytes/keep.ts'
import { latin1, utf8 } from '@hindwire/bytes/text.ts'

import { Role } from '../contract/message.ts'
import { verbOf } from '../sql/statement.ts'
import { Capability, Command } from './constants.ts'
import { noLogin, readChangeUser, readLogin } from './handshake.ts'
import {
  MAX_FILE_BYTES,
  MAX_NAME_BYTES,
  MAX_PARAMETER_BYTES,
  MAX_PARAMETERS,
  MAX_STATEMENT_BYTES,
  MAX_STATEMENTS,
} from './limits.ts'
import { lenenc, lenencEnd } from './parse.ts'
import { type Greeting, type Login, MysqlRequest, type MysqlResponse, type Statement } from './types.ts'
import { valueEnd } from './values.ts'

/** MariaDB: the statement that was prepared last, whose id the client does not know yet. */
const LAST_PREPARED = 0xffff_ffff

/** What a client has said so far: who it is, and its statements. */
export class ClientState {
  login: Login = noLogin
  greeting: Greeting | null = null
  /** What both sides can; 0 where the login was not captured. */
  capabilities = 0
  readonly #statements = new Map<number, Statement>()
  #lastPrepared: Statement | null = null

  readLogin(bytes: Uint8Array, start: number, end: number): MysqlRequest {
    const request = readLogin(bytes, start, end, this.greeting)
    if (request.role === Role.Request) {
      this.login = request.login
      this.capabilities = request.capabilities
    }
    return request
  }

  /** Reads a command whose payload is bytes[start, end); where that is cut, `size` is its whole size. */
  readCommand(bytes: Uint8Array, start: number, end: number, size: number): MysqlRequest {
    const command = bytes[start]!
    const at = start + 1
    const cut = end - start < size
    switch (command) {
      case Command.Quit:
        return new MysqlRequest(Role.OneWay, command, noLogin)
      case Command.Query:
      case Command.StmtPrepare:
        return this.#readText(command, bytes, at, end, cut)
      case Command.StmtExecute:
      case Command.StmtBulkExecute:
        return this.#readExecute(command, bytes, at, end, cut)
      case Command.StmtSendLongData:
      case Command.StmtClose:
        return this.#readStatementId(Role.OneWay, command, bytes, at, end)
      case Command.StmtReset:
      case Command.StmtFetch:
        return this.#readStatementId(Role.Request, command, bytes, at, end)
      case Command.ChangeUser: {
        const secure = this.capabilities === 0 || (this.capabilities & Capability.SecureConnection) !== 0
        const request = readChangeUser(bytes, start, end, secure)
        this.login = request.login
        this.#statements.clear()
        return request
      }
      default:
        return this.#readOther(command, bytes, at, end)
    }
  }

  /** COM_INIT_DB and its like = name; COM_PROCESS_KILL = int<4>; others have nothing to show. */
  #readOther(command: number, bytes: Uint8Array, at: number, end: number): MysqlRequest {
    const request = this.#request(Role.Request, command)
    if (command === Command.InitDb || command === 0x05 || command === 0x06 || command === Command.FieldList) {
      request.text = keep(bytes, at, Math.min(end, at + MAX_NAME_BYTES))
      const database = utf8(bytes, at, Math.min(end, at + MAX_NAME_BYTES))
      if (command === Command.InitDb) this.login = { ...this.login, database }
    } else if (command === 0x0c && at + 4 <= end) request.argument = u32le(bytes, at)
    return request
  }

  #request(role: Role, command: number): MysqlRequest {
    return new MysqlRequest(role, command, this.login)
  }

  /** COM_QUERY = 03 [query attributes] text; COM_STMT_PREPARE = 16 text */
  #readText(command: number, bytes: Uint8Array, start: number, end: number, cut: boolean): MysqlRequest {
    const request = this.#request(Role.Request, command)
    let at = start
    if (command === Command.Query) {
      const known = (this.capabilities & Capability.QueryAttributes) !== 0
      // No text begins with a control character: attributes that the login, not captured, has announced.
      if (known || (this.capabilities === 0 && bytes[start]! < 0x09 && bytes[start + 1] === 1)) {
        at = attributesEnd(bytes, start, end)
      }
    }
    const to = Math.min(end, at + MAX_STATEMENT_BYTES)
    request.text = keep(bytes, at, to)
    request.textCut = cut || to < end
    if (command === Command.Query) this.#followUse(bytes, at, to)
    else {
      request.statement = newStatement(request.text, request.textCut)
      this.#lastPrepared = request.statement
    }
    return request
  }

  /** `USE name` as a statement: the entries behind it are of that database. */
  #followUse(bytes: Uint8Array, start: number, end: number): void {
    if (end - start > 200 || (bytes[start]! | 0x20) !== 0x75 || verbOf(bytes, start, end) !== 'USE') return
    const found = /^use\s+(?:`([^`]+)`|([\w$-]+))/iu.exec(latin1(bytes, start, end))
    const database = found?.[1] ?? found?.[2]
    if (database !== undefined) this.login = { ...this.login, database }
  }

  #readStatementId(role: Role, command: number, bytes: Uint8Array, at: number, end: number): MysqlRequest {
    const request = this.#request(role, command)
    if (at + 4 > end) return request
    this.#setStatement(request, u32le(bytes, at))
    if (command === Command.StmtClose) this.#statements.delete(request.statementId)
    else if (command === Command.StmtFetch && at + 8 <= end) request.argument = u32le(bytes, at + 4)
    return request
  }

  #setStatement(request: MysqlRequest, id: number): void {
    request.statement = id === LAST_PREPARED ? this.#lastPrepared : (this.#statements.get(id) ?? null)
    request.statementId = id
  }

  /**
   * COM_STMT_EXECUTE = 17 int<4>(statement) int<1>(flags) int<4>(1) [lenenc(parameters)] null-bitmap int<1>(types follow)
   * [(int<2>(type) [name])*] values
   */
  #readExecute(command: number, bytes: Uint8Array, at: number, end: number, cut: boolean): MysqlRequest {
    const request = this.#request(Role.Request, command)
    if (at + 4 > end) return request
    this.#setStatement(request, u32le(bytes, at))
    if (command === Command.StmtBulkExecute || at + 9 >= end) return request
    const named = (this.capabilities & Capability.QueryAttributes) !== 0
    let count = request.statement?.parameters ?? -1
    let from = at + 9
    if (named && (bytes[at + 4]! & 8) !== 0) {
      count = lenenc(bytes, from, end)
      from = lenencEnd
    }
    if (count <= 0 || count > MAX_PARAMETERS) return request
    const flagAt = from + ((count + 7) >> 3)
    if (flagAt >= end) return request
    let valuesAt = flagAt + 1
    if (bytes[flagAt] === 1) {
      const types = readTypes(bytes, valuesAt, end, count, named)
      valuesAt = typesEnd
      request.types = types
      if (request.statement !== null) request.statement.types = types
    } else request.types = request.statement?.types ?? []
    request.values = keepValues(bytes, from, flagAt, valuesAt, end)
    request.valuesCut = cut || end - valuesAt > MAX_PARAMETER_BYTES
    return request
  }

  /** The response to a COM_STMT_PREPARE: its id from here on means the text that was prepared. */
  prepared(request: MysqlRequest | null, response: MysqlResponse): Statement {
    const statement = request?.statement ?? newStatement(null, false)
    statement.id = response.statementId
    statement.parameters = response.parameters
    if (this.#statements.size >= MAX_STATEMENTS) {
      for (const oldest of this.#statements.keys()) {
        this.#statements.delete(oldest)
        break
      }
    }
    this.#statements.set(statement.id, statement)
    return statement
  }
}

function newStatement(text: KeptBytes | null, textCut: boolean): Statement {
  return { id: -1, text, textCut, parameters: -1, types: [], columns: [] }
}

let typesEnd = 0

function readTypes(bytes: Uint8Array, start: number, end: number, count: number, named: boolean): number[] {
  const types: number[] = []
  let at = start
  while (types.length < count && at + 2 <= end) {
    types.push(u16le(bytes, at))
    at += 2
    if (!named) continue
    const size = lenenc(bytes, at, end)
    at = size < 0 ? end : Math.min(end, lenencEnd + size)
  }
  typesEnd = at
  return types
}

/** Null bitmap and values behind each other, without the types between them. */
function keepValues(bytes: Uint8Array, bitmap: number, bitmapEnd: number, values: number, end: number): KeptBytes {
  const to = Math.min(end, values + MAX_PARAMETER_BYTES)
  const kept = new Uint8Array(bitmapEnd - bitmap + to - values)
  kept.set(bytes.subarray(bitmap, bitmapEnd), 0)
  kept.set(bytes.subarray(values, to), bitmapEnd - bitmap)
  return { bytes: kept, start: 0, end: kept.length }
}

/** lenenc(count) lenenc(1) [null-bitmap 1 (int<2>(type) lenenc-str(name))* values]: the end of it. */
function attributesEnd(bytes: Uint8Array, start: number, end: number): number {
  const count = lenenc(bytes, start, end)
  if (count < 0 || count > MAX_PARAMETERS) return start
  if (lenenc(bytes, lenencEnd, end) !== 1) return start
  let at = lenencEnd
  if (count === 0) return at
  const bitmap = at
  at += ((count + 7) >> 3) + 1
  if (at > end) return start
  const types = readTypes(bytes, at, end, count, true)
  at = typesEnd
  for (const [i, type] of types.entries()) {
    if ((bytes[bitmap + (i >> 3)]! & (1 << (i & 7))) !== 0) continue
    at = valueEnd(bytes, at, end, type)
    if (at < 0) return start
  }
  return at
}

/** Adds a packet of a file's contents: `size` bytes, of which bytes[start, end) are at hand. */
export function addFile(request: MysqlRequest, bytes: Uint8Array, start: number, end: number, size: number): void {
  const file = (request.file ??= { bytes: 0, sample: new Uint8Array(MAX_FILE_BYTES), sampled: 0 })
  file.bytes += size
  const take = Math.min(end - start, file.sample.length - file.sampled)
  if (take <= 0) return
  file.sample.set(bytes.subarray(start, start + take), file.sampled)
  file.sampled += take
}
