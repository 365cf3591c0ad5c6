import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'

import { AppError } from '@hindwire/service-kit/app-error.ts'

import { connect } from './client.ts'
import { Health, HealthCheckResponse_ServingStatus as ServingStatus } from './gen/grpc/health/v1/health_pb.ts'
import { Ingest } from './gen/hindwire/v1/ingest_pb.ts'
import { Query } from './gen/hindwire/v1/query_pb.ts'
import { type Handlers, RpcServer, type RpcServerOptions } from './server.ts'

function socket(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'hw-rpc-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return `unix:${dir}/s.sock`
}

const echo: Handlers<typeof Query> = {
  calls: async (request) => ({
    json: Buffer.from(JSON.stringify({ db: request.selection?.db, fields: request.fields })),
  }),
  databases: async (_request, call) => {
    await once(call.signal, 'abort')
    throw new Error('too late')
  },
  kflSchema: async () => {
    throw new TypeError('secret details of the program')
  },
  kflExplain: async ({ kfl }) => {
    throw new AppError('kfl_type', 422, `No variable ${kfl} – did you mean status?`, { details: { position: 7 } })
  },
}

async function queryServer(t: TestContext, address: string, options: RpcServerOptions = {}) {
  const server = new RpcServer(options).add(Query, echo)
  const bound = await server.listen(address)
  const client = connect(Query, bound)
  t.after(async () => {
    client.close()
    await server.stop(0)
  })
  return { server, client, bound }
}

test('unary calls over a unix socket and over TCP', async (t) => {
  for (const address of [socket(t), '127.0.0.1:0']) {
    const { client, bound } = await queryServer(t, address)
    assert.ok(!bound.endsWith(':0'))
    const reply = await client.calls({ selection: { db: 'a/b' }, fields: ['id', 'ts'] })
    assert.deepEqual(JSON.parse(Buffer.from(reply.json).toString()), { db: 'a/b', fields: ['id', 'ts'] })
  }
})

test('an AppError crosses the wire whole', async (t) => {
  const { client } = await queryServer(t, socket(t))
  await assert.rejects(client.kflExplain({ kfl: 'státus' }), (error) => {
    assert.ok(error instanceof AppError)
    assert.deepEqual(error.toJSON(), {
      error: 'No variable státus – did you mean status?',
      code: 'kfl_type',
      details: { position: 7 },
    })
    return error.status === 422
  })
})

test('an unexpected error is reported to the server and not to the client', async (t) => {
  const reported: string[] = []
  const onError = (error: AppError, method: string) => reported.push(`${method} ${String(error.cause)}`)
  const { client } = await queryServer(t, socket(t), { onError })
  await assert.rejects(client.kflSchema({}), (error) => {
    assert.ok(error instanceof AppError)
    return error.code === 'internal' && !error.message.includes('secret')
  })
  assert.deepEqual(reported, ['hindwire.v1.Query/kflSchema TypeError: secret details of the program'])
})

test('details that do not fit into a trailer are dropped, and that is said', async (t) => {
  const server = new RpcServer().add(Query, {
    ...echo,
    kflSchema: async () => {
      throw new AppError('big', 400, 'x'.repeat(10_000), { details: { text: 'y'.repeat(100_000) } })
    },
  })
  const client = connect(Query, await server.listen(socket(t)))
  t.after(() => server.stop(0).then(() => client.close()))
  await assert.rejects(client.kflSchema({}), (error) => {
    assert.ok(error instanceof AppError)
    return error.code === 'big' && error.message.length === 4096 && error.details['details_dropped_bytes'] === 100_011
  })
})

test('deadlines and cancellation reach both sides', async (t) => {
  const { client } = await queryServer(t, socket(t))
  await assert.rejects(client.databases({}, { deadlineMs: 30 }), { code: 'deadline_exceeded', status: 504 })
  const controller = new AbortController()
  const call = client.databases({}, { signal: controller.signal })
  setTimeout(() => controller.abort(), 20)
  await assert.rejects(call, { code: 'cancelled', status: 499 })
})

test('a server that is not there', async (t) => {
  const address = socket(t)
  const client = connect(Query, address)
  t.after(() => client.close())
  await assert.rejects(client.calls({}), { code: 'unavailable', status: 503 })
  const waiting = client.calls({}, { waitForReady: true, deadlineMs: 5000 })
  const server = new RpcServer().add(Query, echo)
  await server.listen(address)
  t.after(() => server.stop(0))
  await waiting
})

test('the socket file of a killed server is replaced; that of a living one is not', async (t) => {
  const address = socket(t)
  writeFileSync(address.slice('unix:'.length), '')
  const { client } = await queryServer(t, address)
  await client.calls({})
  await assert.rejects(new RpcServer().listen(address), { code: 'address_in_use' })
  await client.calls({})
  const tooLong = `unix:/${'x'.repeat(120)}`
  await assert.rejects(new RpcServer().listen(tooLong), { code: 'socket_path_too_long' })
})

test('a TCP port that is taken', async (t) => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  t.after(() => other.close())
  const address = other.address()
  assert.ok(typeof address === 'object' && address !== null)
  await assert.rejects(new RpcServer().listen(`127.0.0.1:${address.port}`), { code: 'listen_failed' })
})

test('messages larger than the limit are refused', async (t) => {
  const { client } = await queryServer(t, socket(t), { maxMessageBytes: 1000 })
  await assert.rejects(client.calls({ fields: ['x'.repeat(2000)] }), { code: 'too_large', status: 413 })
})

test('a bidirectional stream is read no faster than it is taken', async (t) => {
  let made = 0
  const server = new RpcServer().add(Ingest, {
    write: async function* (batches) {
      for await (const batch of batches) yield { token: batch.token, rows: batch.rows }
    },
    seal: async () => ({}),
    drop: async () => ({}),
    status: async () => ({}),
  })
  const client = connect(Ingest, await server.listen(socket(t)))
  t.after(() => server.stop(0).then(() => client.close()))
  async function* source() {
    for (; made < 300; made += 1) yield { token: String(made), rows: 1, block: new Uint8Array(100_000) }
  }
  const acks = client.write(source())[Symbol.asyncIterator]()
  assert.equal((await acks.next()).value?.token, '0')
  await new Promise((resolve) => setTimeout(resolve, 100))
  assert.ok(made < 300, `${made} batches of 100 kB were made while nobody took the acknowledgements`)
  let taken = 1
  while ((await acks.next()).done !== true) taken += 1
  assert.equal(taken, 300)
})

async function* brokenSource() {
  yield { token: '1' }
  throw new RangeError('the disk is gone')
}

test('an error in the source breaks the stream off and is what the caller sees', async (t) => {
  const { bound } = await queryServer(t, socket(t))
  const client = connect(Ingest, bound)
  t.after(() => client.close())
  const error = await Array.fromAsync(client.write(brokenSource())).catch((error: unknown) => error)
  assert.ok(error instanceof RangeError || (error instanceof AppError && error.code === 'unimplemented'), String(error))
})

test('health: check, watch, and not serving while stopping', async (t) => {
  const { server, bound } = await queryServer(t, socket(t))
  const client = connect(Health, bound)
  t.after(() => client.close())
  assert.equal((await client.check({})).status, ServingStatus.SERVING)
  assert.equal((await client.check({ service: Query.typeName })).status, ServingStatus.SERVING)
  await assert.rejects(client.check({ service: 'nobody' }), { code: 'unknown_service', status: 404 })
  const seen: number[] = []
  for await (const { status } of client.watch({ service: Query.typeName })) {
    seen.push(status)
    if (seen.length === 1) server.health.set(Query.typeName, false)
    if (seen.length === 2) server.health.set(Query.typeName, true)
    if (seen.length === 3) void server.stop(1000)
  }
  assert.deepEqual(seen, [
    ServingStatus.SERVING,
    ServingStatus.NOT_SERVING,
    ServingStatus.SERVING,
    ServingStatus.NOT_SERVING,
  ])
})
