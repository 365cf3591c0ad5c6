import { u16be, u32be } from '@hindwire/bytes/endian.ts'
import { keep } from '@hindwire/bytes/keep.ts'
import { findByte, latin1, utf8 } from '@hindwire/bytes/text.ts'

import { Frontend } from './constants.ts'
import { newCopyData, takeCopyData } from './copy-data.ts'
import { MAX_BIND_BYTES, MAX_NAME_BYTES, MAX_NAMED, MAX_STATEMENT_BYTES } from './limits.ts'
import { noLogin, readStartup } from './startup.ts'
import { Kind, type Login, PostgresqlRequest, type Statement } from './types.ts'

interface Portal {
  readonly statement: Statement
  readonly bind: PostgresqlRequest['bind']
  readonly bindCut: boolean
}

const EXECUTE_OF_PREPARE = ['PARSE', 'BIND', 'DESCRIBE', 'CLOSE'] as const
type PrepareCommand = (typeof EXECUTE_OF_PREPARE)[number]

/** What a client has said so far: its statements and portals, and the request that is being put together. */
export class ClientState {
  login: Login = noLogin
  readonly #statements = new Map<string, Statement>()
  readonly #portals = new Map<string, Portal>()
  /** The group of extended-query messages that has not ended yet: what is known of it. */
  #group = new Group()
  /** Batches: what lies between two Sync messages. */
  #batch = 0
  /** The request sent last: COPY data belongs to it. */
  last: PostgresqlRequest | null = null

  get hasGroup(): boolean {
    return this.#group.elements > 0
  }

  /**
   * Reads the message of `type` with the body bytes[start, end). Returns the request that it ends, or null. Where the
   * body is cut, `size` is its whole size.
   */
  read(type: number, bytes: Uint8Array, start: number, end: number, size: number): PostgresqlRequest | null {
    switch (type) {
      case Frontend.Query:
        return this.#query(bytes, start, end, size)
      case Frontend.Parse:
        this.#parse(bytes, start, end, size)
        return null
      case Frontend.Bind:
        this.#bind(bytes, start, end, size)
        return null
      case Frontend.Describe:
        this.#describe('DESCRIBE', bytes, start, end)
        return null
      case Frontend.Close:
        this.#close(bytes, start, end)
        return null
      case Frontend.Execute:
        return this.#execute(bytes, start, end)
      case Frontend.Flush:
        return this.#endGroup()
      case Frontend.Sync: {
        const request = this.#endGroup()
        this.#batch++
        return request
      }
      case Frontend.FunctionCall:
        return this.#request(Kind.Query, 'FUNCTIONCALL')
      case Frontend.Terminate:
        return new PostgresqlRequest(Kind.Alone, 'TERMINATE', noLogin)
      default:
        this.#copy(type, bytes, start, end, size)
        return null
    }
  }

  startup(bytes: Uint8Array, start: number, end: number): PostgresqlRequest {
    const request = readStartup(bytes, start, end)
    if (request.kind === Kind.Startup) this.login = request.login
    this.last = request
    return request
  }

  /** Bytes were lost: what was being put together is not whole, and ends with what there is of it. */
  interrupt(): PostgresqlRequest | null {
    return this.#endGroup()
  }

  #request(kind: Kind, command: string): PostgresqlRequest {
    const request = new PostgresqlRequest(kind, command, this.login)
    this.last = request
    return request
  }

  #query(bytes: Uint8Array, start: number, end: number, size: number): PostgresqlRequest {
    const request = this.#request(Kind.Query, '')
    request.statement = keepStatement('', bytes, start, end, end - start < size ? size : -1)
    return request
  }

  /** Parse = statement NUL text NUL Int16 (Int32 type)* */
  #parse(bytes: Uint8Array, start: number, end: number, size: number): void {
    const nameEnd = nul(bytes, start, end)
    const name = nameOf(bytes, start, nameEnd)
    const from = Math.min(end, nameEnd + 1)
    const textEnd = findByte(bytes, from, end, 0)
    const statement = keepStatement(name, bytes, from, textEnd < 0 ? end : textEnd + 1, textEnd < 0 ? size : -1)
    if (textEnd >= 0 && textEnd + 3 <= end) statement.parameterTypes = typesAt(bytes, textEnd + 1, end)
    remember(this.#statements, name, statement)
    this.#group.add('PARSE', statement)
  }

  /** Bind = portal NUL statement NUL formats parameters result-formats */
  #bind(bytes: Uint8Array, start: number, end: number, size: number): void {
    const portalEnd = nul(bytes, start, end)
    const nameEnd = nul(bytes, Math.min(end, portalEnd + 1), end)
    const statement = this.#statement(nameOf(bytes, portalEnd + 1, nameEnd))
    const from = Math.min(end, nameEnd + 1)
    const to = Math.min(end, from + MAX_BIND_BYTES)
    const bind = keep(bytes, from, to)
    const bindCut = to < end || end - start < size
    remember(this.#portals, nameOf(bytes, start, portalEnd), { statement, bind, bindCut })
    this.#group.add('BIND', statement)
    this.#group.bind = bind
    this.#group.bindCut = bindCut
  }

  /** Describe, Close = ("S" / "P") name NUL */
  #describe(command: PrepareCommand, bytes: Uint8Array, start: number, end: number): void {
    const name = nameOf(bytes, start + 1, nul(bytes, Math.min(end, start + 1), end))
    if (bytes[start] === 0x53) this.#group.add(command, this.#statement(name))
    else this.#group.add(command, this.#portals.get(name)?.statement ?? null)
  }

  #close(bytes: Uint8Array, start: number, end: number): void {
    this.#describe('CLOSE', bytes, start, end)
    const name = nameOf(bytes, start + 1, nul(bytes, Math.min(end, start + 1), end))
    if (bytes[start] === 0x53) this.#statements.delete(name)
    else this.#portals.delete(name)
  }

  /** Execute = portal NUL Int32(most rows) */
  #execute(bytes: Uint8Array, start: number, end: number): PostgresqlRequest {
    const portalEnd = nul(bytes, start, end)
    const request = this.#request(Kind.Execute, '')
    request.portal = nameOf(bytes, start, portalEnd)
    if (portalEnd + 5 <= end) request.maxRows = u32be(bytes, portalEnd + 1)
    const portal = this.#portals.get(request.portal)
    request.statement = portal?.statement ?? this.#group.statement ?? unknownStatement('')
    request.bind = portal?.bind ?? null
    request.bindCut = portal?.bindCut ?? false
    request.elements = this.#group.elements
    request.batch = this.#batch
    this.#group = new Group()
    return request
  }

  #endGroup(): PostgresqlRequest | null {
    const group = this.#group
    if (group.elements === 0) return null
    this.#group = new Group()
    const request = this.#request(Kind.Prepare, group.command)
    request.elements = group.elements
    request.statement = group.statement
    request.bind = group.bind
    request.bindCut = group.bindCut
    request.batch = this.#batch
    return request
  }

  #copy(type: number, bytes: Uint8Array, start: number, end: number, size: number): void {
    const { last } = this
    if (last === null) return
    last.wireSize += size + 5
    if (type === Frontend.CopyData) takeCopyData((last.copy ??= newCopyData()), bytes, start, end, size)
    else if (type === Frontend.CopyFail)
      last.copyFailed = utf8(bytes, start, Math.min(nul(bytes, start, end), start + MAX_NAME_BYTES))
  }

  #statement(name: string): Statement {
    return this.#statements.get(name) ?? unknownStatement(name)
  }
}

/** Messages of the extended protocol up to Execute, Flush or Sync. */
class Group {
  elements = 0
  command: PrepareCommand = 'PARSE'
  statement: Statement | null = null
  bind: PostgresqlRequest['bind'] = null
  bindCut = false

  add(command: PrepareCommand, statement: Statement | null): void {
    // Parse names the group, whatever comes before or behind it.
    if (this.elements === 0 || command === 'PARSE') this.command = command
    this.elements++
    if (statement !== null && (this.statement === null || command !== 'CLOSE')) this.statement = statement
  }
}

function nul(bytes: Uint8Array, start: number, end: number): number {
  const at = findByte(bytes, start, end, 0)
  return at < 0 ? end : at
}

function nameOf(bytes: Uint8Array, start: number, end: number): string {
  return start >= end ? '' : latin1(bytes, start, Math.min(end, start + MAX_NAME_BYTES))
}

function unknownStatement(name: string): Statement {
  return { name, text: null, cut: false, parameterTypes: [], columns: null }
}

/** `end` lies behind the NUL, unless the text is cut: then `cutSize` is the size of its message, else −1. */
function keepStatement(name: string, bytes: Uint8Array, start: number, end: number, cutSize: number): Statement {
  const last = cutSize < 0 && end > start ? end - 1 : end
  const to = Math.min(last, start + MAX_STATEMENT_BYTES)
  return { name, text: keep(bytes, start, to), cut: cutSize >= 0 || to < last, parameterTypes: [], columns: null }
}

const noTypes: readonly number[] = []

/** Int16 (Int32 type)* */
export function typesAt(bytes: Uint8Array, start: number, end: number): readonly number[] {
  const count = Math.min(u16be(bytes, start), (end - start - 2) >> 2)
  if (count <= 0) return noTypes
  return Array.from({ length: count }, (_, i) => u32be(bytes, start + 2 + 4 * i))
}

/** Insertion order is age: the oldest goes when there are too many. */
function remember<T>(map: Map<string, T>, name: string, value: T): void {
  if (map.size >= MAX_NAMED && !map.has(name)) {
    for (const oldest of map.keys()) {
      map.delete(oldest)
      break
    }
  }
  map.set(name, value)
}
