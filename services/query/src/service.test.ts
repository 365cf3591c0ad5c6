import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'

import type { EncodedBlock } from '@hindwire/entries/block-encoder.ts'
import { buildCatalogue } from '@hindwire/entries/build-catalogue.ts'
import { pcapFile } from '@hindwire/packets/capture-writer.ts'
import { protocols } from '@hindwire/protocols/registry.ts'
import { connect, type RpcClient } from '@hindwire/rpc/client.ts'
import { Query } from '@hindwire/rpc/gen/hindwire/v1/query_pb.ts'
import { dissectShard } from '@hindwire/runner/dissect-shard.ts'
import { createLogger } from '@hindwire/service-kit/logger.ts'
import { Metrics } from '@hindwire/service-kit/metrics.ts'
import { startTemporaryStore, type TemporaryStore } from '@hindwire/store/temporary-store.ts'
import { SESSION_TIME, TcpSession, type TimedFrame } from '@hindwire/testkit/tcp-session.ts'

import { type QueryService, startQuery } from './service.ts'

let temporary: TemporaryStore
let service: QueryService
let client: RpcClient<typeof Query>
let dir: string

interface Call {
  readonly id: string
  readonly ts: number
  readonly path?: string
  readonly status?: number
  readonly [member: string]: unknown
}

interface Answer {
  readonly calls: Call[]
  readonly total: number
  readonly truncated: boolean
  readonly next_cursor?: string
  readonly hint?: string
  readonly groups?: { key: string; count: number; error_count: number; p50_ms: number; calls: Call[] }[]
}

before(async () => {
  const columns = [...buildCatalogue(protocols).columns.values()]
  temporary = await startTemporaryStore({ columns })
  dir = await mkdtemp(join(tmpdir(), 'hw-query-'))
  service = await startQuery({
    store: temporary.store.ro,
    logger: createLogger({ service: 'query', level: 'silent' }),
    metrics: new Metrics({ runtime: false }),
    address: `unix:${dir}/query.sock`,
  })
  client = connect(Query, service.address)
  await dissect(1, 'demo', 'first', [...shop(), ...cache()])
  await dissect(2, 'demo', 'empty', [])
  await temporary.store.registerDissection(3)
})

after(async () => {
  client.close()
  await service.stop(1000)
  await temporary.stop()
  await rm(dir, { recursive: true, force: true })
})

/** Twenty HTTP calls, 1 s apart: every fifth fails, the last with a body that is no text. */
function shop(): TimedFrame[] {
  return Array.from({ length: 20 }, (_, at) => {
    const client = { ip: '10.0.0.1', port: 40_000 + at }
    const session = new TcpSession({ client, time: SESSION_TIME + at * 1_000_000, step: 1000 }).open()
    session.client(`GET /items/${at}?x=1 HTTP/1.1\r\nHost: shop\r\nX-Number: ${at}\r\n\r\n`)
    const status = at % 5 === 4 ? '503 Service Unavailable' : '200 OK'
    const head = `HTTP/1.1 ${status}\r\ncontent-length: 4\r\n\r\n`
    const body = at === 19 ? Buffer.from([0xff, 0xfe, 0, 1]) : Buffer.from('done')
    return session.server(Buffer.concat([Buffer.from(head), body])).close().frames
  }).flat()
}

function cache(): TimedFrame[] {
  const server = { ip: '10.0.0.9', port: 6379 }
  const session = new TcpSession({ server, time: SESSION_TIME + 30_000_000 }).open()
  session.client('*2\r\n$3\r\nGET\r\n$6\r\ncart:1\r\n').server('$2\r\n42\r\n')
  return session.close().frames
}

async function dissect(dissection: number, snapshot: string, name: string, frames: TimedFrame[]): Promise<void> {
  const path = join(dir, `${name}.pcap`)
  await writeFile(path, pcapFile(frames))
  const blocks: EncodedBlock[] = []
  const files = [{ path, name: `${name}.pcap`, node: 'n1', packets: frames.length }]
  const block = async (encoded: EncodedBlock) => void blocks.push(encoded)
  await dissectShard({ files, shard: 0, shards: 1, dissection }, { block })
  const { store } = temporary
  await store.registerDissection(dissection)
  for (const [at, encoded] of blocks.entries()) {
    await store.insertEntries(encoded.bytes, { token: `${dissection}/0/${at}` })
  }
  await store.sealDissection(dissection, { snapshot, name })
}

type CallsInit = Parameters<typeof client.calls>[0]

async function ask(kfl: string, more: Omit<CallsInit, 'selection' | '$typeName'> = {}, db = 'demo/first') {
  const { json } = await client.calls({ selection: { db, kfl }, ...more })
  return JSON.parse(Buffer.from(json).toString()) as Answer
}

test('compact calls, newest first, with an exact total', async () => {
  const { calls, total, truncated } = await ask('http and status >= 400', { page: { limit: 2 } })
  assert.equal(total, 4)
  assert.equal(truncated, true)
  assert.deepEqual(calls[0], {
    id: calls[0]?.id,
    ts: (SESSION_TIME + 19_003_000) / 1000,
    src: { ip: '10.0.0.1', port: 40_019 },
    dst: { ip: '10.0.0.2', port: 80 },
    proto: 'http',
    method: 'GET',
    path: '/items/19',
    status: 503,
    error: true,
    latency_ms: 1,
  })
  assert.match(calls[0]?.id ?? '', /^n1\/\d+\/0$/)
  assert.equal(calls[1]?.path, '/items/14')
})

test('pages of every size give each call once, in either order', async () => {
  const whole = await ask('')
  assert.equal(whole.calls.length, 21)
  for (const order of ['asc', 'desc']) {
    for (const limit of [1, 4, 20, 21]) {
      const ids: string[] = []
      let cursor = ''
      do {
        const page = await ask('', { page: { limit, order, cursor } })
        assert.equal(page.total, 21)
        assert.equal(page.truncated, page.next_cursor !== undefined)
        ids.push(...page.calls.map((call) => call.id))
        cursor = page.next_cursor ?? ''
      } while (cursor !== '')
      const expected = whole.calls.map((call) => call.id)
      assert.deepEqual(ids, order === 'asc' ? expected.reverse() : expected)
    }
  }
})

test('a cursor of another query, and one that is none', async () => {
  const { next_cursor: cursor = '' } = await ask('http', { page: { limit: 3 } })
  const other = /belongs to another query/
  await assert.rejects(ask('redis', { page: { cursor } }), { code: 'invalid_cursor', status: 400, message: other })
  await assert.rejects(ask('http', { page: { cursor, order: 'asc' } }), { message: other })
  await assert.rejects(ask('http', { page: { cursor: 'eA' } }), { code: 'invalid_cursor', message: /no cursor/ })
})

/** When the request of that HTTP call was sent, ms. */
function requestTime(second: number): bigint {
  return BigInt(SESSION_TIME / 1000 + second * 1000 + 3)
}

test('a time range takes its start and leaves its end', async () => {
  const selection = { db: 'demo/first', kfl: 'http', startMs: requestTime(5), endMs: requestTime(8) }
  const { json } = await client.calls({ selection, page: { order: 'asc' } })
  const { calls, total } = JSON.parse(Buffer.from(json).toString()) as Answer
  assert.equal(total, 3)
  assert.deepEqual(
    calls.map(({ path }) => path),
    ['/items/5', '/items/6', '/items/7'],
  )
})

test('full calls have headers, bodies, own fields and evidence', async () => {
  const { calls } = await ask('path == "/items/3"', { format: 'full' })
  const [call] = calls
  assert.deepEqual(call?.['req_headers'], { host: 'shop', 'x-number': '3' })
  assert.equal(call?.['resp_body'], 'done')
  assert.equal(call?.['resp_body_size'], 4)
  assert.equal(call?.['worker'], 'n1')
  assert.equal(call?.['conn_id'], call?.['flow_id'])
  assert.equal(call?.['url'], '/items/3?x=1')
  assert.deepEqual(call?.['query_string'], { x: '1' })
  assert.equal(call?.['completeness'], 'complete')
  const evidence = call?.['evidence'] as Record<string, unknown>
  assert.equal(evidence['file'], 'first.pcap')
  assert.ok(Number(evidence['response_first_packet']) > Number(evidence['request_first_packet']))
  const binary = (await ask('path == "/items/19"', { format: 'full' })).calls[0]
  assert.deepEqual([binary?.['resp_body'], binary?.['resp_body_encoding']], ['//4AAQ==', 'base64'])
})

test('raw calls have every column; a projection only what is asked for', async () => {
  const { calls } = await ask('redis', { format: 'raw' })
  assert.equal(calls[0]?.['src_ip'], '10.0.0.1')
  assert.equal(calls[0]?.['path'], 'cart:1')
  assert.equal(calls[0]?.ts, (SESSION_TIME + 30_000_300) / 1000)
  const compact = await ask('redis', { fields: ['id', 'path'] })
  assert.deepEqual(Object.keys(compact.calls[0] ?? {}), ['id', 'path'])
  const column = await ask('redis', { format: 'raw', fields: ['dst_port'] })
  assert.deepEqual(column.calls, [{ dst_port: 6379 }])
  await assert.rejects(ask('redis', { fields: ['nothing'] }), { code: 'unknown_field', status: 400 })
})

test('groups have exact figures and their newest calls', async () => {
  const { groups, total } = await ask('http', { groupBy: 'node', page: { limit: 3 } })
  assert.equal(total, 20)
  assert.equal(groups?.length, 1)
  const [group] = groups ?? []
  assert.deepEqual([group?.key, group?.count, group?.error_count, group?.p50_ms], ['n1', 20, 4, 1])
  assert.deepEqual(
    group?.calls.map(({ path }) => path),
    ['/items/19', '/items/18', '/items/17'],
  )
  assert.equal((await ask('', { groupBy: 'ns' })).groups?.[0]?.key, '')
  await assert.rejects(ask('', { groupBy: 'colour' }), { code: 'invalid_parameter' })
})

test('an answer without calls says why', async () => {
  assert.match((await ask('http and status == 999')).hint ?? '', /^`status == 999` matches none of the 21 calls/)
  const each = (await ask('redis and status >= 500 and true')).hint ?? ''
  assert.match(each, /`redis` matches 1, `status >= 500` matches 4/)
  assert.match((await ask('', {}, 'demo/empty')).hint ?? '', /has no calls/)
  const late = { db: 'demo/first', startMs: 1n, endMs: 2n }
  const { json } = await client.calls({ selection: late })
  assert.match(String(JSON.parse(Buffer.from(json).toString()).hint), /No call lies between/)
  const none = await ask('', {}, '')
  assert.deepEqual(none.calls, [])
  assert.match(none.hint ?? '', /Databases: demo\/empty, demo\/first\./)
})

test('databases that are not there, or not complete', async () => {
  const expected = { code: 'unknown_database', status: 404, details: { databases: ['demo/empty', 'demo/first'] } }
  await assert.rejects(ask('', {}, 'demo/other'), expected)
  await assert.rejects(ask('', {}, 'demo'), { code: 'invalid_database', status: 400 })
  const { json } = await client.databases({})
  const { databases } = JSON.parse(Buffer.from(json).toString()) as { databases: unknown[] }
  assert.deepEqual(databases[0], {
    type: 'dissection',
    snapshot: 'demo',
    name: 'first',
    // 21 calls, each on a connection of its own, which is an entry too.
    entry_count: 42,
    status: 'completed',
    first_ts: SESSION_TIME / 1000,
    last_ts: Math.floor((SESSION_TIME + 30_000_300) / 1000),
  })
  assert.equal(databases.length, 2)
})

test('filters that are not right', async () => {
  await assert.rejects(ask('statuscode == 200'), (error: { code: string; status: number; details: unknown }) => {
    assert.deepEqual([error.code, error.status], ['kfl_error', 422])
    const [first] = (error.details as { errors: { line: number; column: number; view: string }[] }).errors
    assert.deepEqual([first?.line, first?.column], [1, 1])
    assert.match(first?.view ?? '', /\^{10}/)
    return true
  })
  await assert.rejects(ask('status == "200"', {}, ''), { code: 'kfl_error' })
})

async function explain(kfl: string, db = 'demo/first'): Promise<Record<string, unknown>> {
  const { json } = await client.kflExplain({ kfl, db })
  return JSON.parse(Buffer.from(json).toString()) as Record<string, unknown>
}

test('explain', async () => {
  const { valid, normalized, clauses, rows } = await explain('http and status >= 400')
  assert.deepEqual([valid, normalized, rows], [true, 'http && status_code >= 400', 4])
  assert.deepEqual(
    (clauses as { rows: number }[]).map((clause) => clause.rows),
    [20, 4],
  )
  const wrong = await explain('statuscode == 1', '')
  assert.equal(wrong['valid'], false)
  assert.match(JSON.stringify(wrong['errors']), /did you mean 'status_code'/)
})

test('the schema lists the catalogue', async () => {
  const { json } = await client.kflSchema({})
  const { variables } = JSON.parse(Buffer.from(json).toString()) as { variables: { variable: string }[] }
  assert.deepEqual(
    variables.find(({ variable }) => variable === 'redis_key'),
    {
      variable: 'redis_key',
      type: 'string',
      protocols: ['redis'],
      protocol: 'redis',
      description: 'First key of the command; of PUBLISH, SUBSCRIBE and messages the channel',
      example: 'redis_key.startsWith("session:")',
    },
  )
})

test('a caller that goes away ends its query', async () => {
  const controller = new AbortController()
  const asked = client.calls({ selection: { db: 'demo/first' } }, { signal: controller.signal })
  controller.abort()
  await assert.rejects(asked, { code: 'cancelled' })
})
