import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'

import { AppError } from '@hindwire/service-kit/app-error.ts'

import { BatchWriter, type BatchWriterOptions } from './batch-writer.ts'
import { connect } from './client.ts'
import { type Batch, Ingest } from './gen/hindwire/v1/ingest_pb.ts'
import { RpcServer } from './server.ts'

/** An ingest service that keeps tokens in memory, and does to each batch what the test wants. */
async function setUp(t: TestContext, onBatch: (batch: Batch) => Promise<void>, options: BatchWriterOptions = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'hw-ingest-'))
  const address = `unix:${dir}/s.sock`
  const stored = new Map<string, number>()
  const makeServer = async () => {
    const server = new RpcServer().add(Ingest, {
      write: async function* (batches) {
        for await (const batch of batches) {
          await onBatch(batch)
          stored.set(batch.token, (stored.get(batch.token) ?? 0) + 1)
          yield { token: batch.token, rows: batch.rows }
        }
      },
      seal: async () => ({}),
      drop: async () => ({}),
      status: async () => ({}),
    })
    await server.listen(address)
    return server
  }
  const state = { server: await makeServer(), stored, restart: async () => (state.server = await makeServer()) }
  const client = connect(Ingest, address)
  const writer = new BatchWriter(client, options)
  t.after(async () => {
    await writer.abort()
    client.close()
    await state.server.stop(0)
    rmSync(dir, { recursive: true, force: true })
  })
  return { state, writer }
}

const batch = (i: number) => ({ dissection: 1, token: `1/0/${i}`, rows: 10, block: new Uint8Array(1000).fill(i) })

test('every batch is stored, in order, and counted', async (t) => {
  const { state, writer } = await setUp(t, async () => {})
  for (let i = 0; i < 50; i += 1) await writer.write(batch(i))
  assert.deepEqual(await writer.finish(), { batches: 50, rows: 500 })
  assert.deepEqual(
    [...state.stored.keys()],
    Array.from({ length: 50 }, (_, i) => `1/0/${i}`),
  )
})

test('nothing to write', async (t) => {
  const { writer } = await setUp(t, async () => {})
  assert.deepEqual(await writer.finish(), { batches: 0, rows: 0 })
})

test('a slow store holds the writer back', async (t) => {
  const gate = Promise.withResolvers<void>()
  const { writer } = await setUp(t, () => gate.promise, { window: 3 })
  for (let i = 0; i < 3; i += 1) await writer.write(batch(i))
  let fourth = false
  const waiting = writer.write(batch(3)).then(() => (fourth = true))
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal(fourth, false)
  gate.resolve()
  await waiting
  await writer.finish()
})

test('the service is killed in the middle and comes back: nothing is lost', async (t) => {
  let count = 0
  const { state, writer } = await setUp(t, async () => {
    count += 1
    if (count === 5 || count === 12) {
      void state.server.stop(0).then(state.restart)
      await new Promise(() => {})
    }
  })
  for (let i = 0; i < 30; i += 1) await writer.write(batch(i))
  assert.deepEqual(await writer.finish(), { batches: 30, rows: 300 })
  assert.equal(state.stored.size, 30)
})

/** An ingest service in a process of its own that appends each token to a file before it acknowledges. */
async function spawnIngest(dir: string): Promise<ChildProcess> {
  const source = `
    import { appendFileSync } from 'node:fs'
    import { Ingest } from '${import.meta.dirname}/gen/hindwire/v1/ingest_pb.ts'
    import { RpcServer } from '${import.meta.dirname}/server.ts'
    const none = async () => ({})
    const write = async function* (batches) {
      for await (const { token, rows } of batches) {
        appendFileSync('${dir}/tokens', token + '\\n')
        await new Promise((resolve) => setTimeout(resolve, 2))
        yield { token, rows }
      }
    }
    await new RpcServer().add(Ingest, { write, seal: none, drop: none, status: none }).listen('unix:${dir}/s.sock')
    console.log('ready')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  return child
}

test('kill -9 of the ingest process, twice: every batch is stored, and known by its token when repeated', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'hw-ingest-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  let child = await spawnIngest(dir)
  const client = connect(Ingest, `unix:${dir}/s.sock`)
  const writer = new BatchWriter(client)
  for (let i = 0; i < 60; i += 1) {
    await writer.write(batch(i))
    if (i !== 20 && i !== 40) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
    child = await spawnIngest(dir)
  }
  assert.deepEqual(await writer.finish(), { batches: 60, rows: 600 })
  const tokens = readFileSync(join(dir, 'tokens'), 'utf8').trim().split('\n')
  assert.equal(new Set(tokens).size, 60)
  assert.ok(tokens.length <= 60 + 2 * 4, `${tokens.length} batches were sent`)
  client.close()
  child.kill('SIGKILL')
})

test('a refused batch is the error of write or finish', async (t) => {
  const { writer } = await setUp(t, async ({ token }) => {
    if (token.endsWith('/3')) throw new AppError('schema_mismatch', 409, 'Made for another schema.')
  })
  const all = async () => {
    for (let i = 0; i < 30; i += 1) await writer.write(batch(i))
    return writer.finish()
  }
  await assert.rejects(all(), { code: 'schema_mismatch', status: 409 })
})

test('a store that says 503 is asked again', async (t) => {
  let refusals = 2
  const { writer } = await setUp(t, async () => {
    if (refusals === 0) return
    refusals -= 1
    throw new AppError('store_unavailable', 503, 'ClickHouse restarts.')
  })
  await writer.write(batch(0))
  assert.deepEqual(await writer.finish(), { batches: 1, rows: 10 })
})

test('no acknowledgement for too long', async (t) => {
  const { writer } = await setUp(t, () => new Promise(() => {}), { stallMs: 100 })
  await writer.write(batch(0))
  await assert.rejects(writer.finish(), { code: 'ingest_stalled', status: 503 })
})

test('cancelled by its signal', async (t) => {
  const controller = new AbortController()
  const { writer } = await setUp(t, () => new Promise(() => {}), { signal: controller.signal })
  await writer.write(batch(0))
  controller.abort()
  await assert.rejects(writer.write(batch(1)), { code: 'cancelled' })
  await assert.rejects(writer.finish(), { code: 'cancelled' })
})
