import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'

import type { EncodedBlock } from '@hindwire/entries/block-encoder.ts'
import { buildCatalogue } from '@hindwire/entries/build-catalogue.ts'
import { pcapFile } from '@hindwire/packets/capture-writer.ts'
import { protocols } from '@hindwire/protocols/registry.ts'
import { BatchWriter } from '@hindwire/rpc/batch-writer.ts'
import { connect, type RpcClient } from '@hindwire/rpc/client.ts'
import { Ingest, StatusResponse_State as State } from '@hindwire/rpc/gen/hindwire/v1/ingest_pb.ts'
import { dissectShard } from '@hindwire/runner/dissect-shard.ts'
import { createLogger } from '@hindwire/service-kit/logger.ts'
import { Metrics } from '@hindwire/service-kit/metrics.ts'
import { startTemporaryStore, type TemporaryStore } from '@hindwire/store/temporary-store.ts'
import { TcpSession } from '@hindwire/testkit/tcp-session.ts'

import { type IngestService, startIngest } from './service.ts'

let temporary: TemporaryStore
let service: IngestService
let client: RpcClient<typeof Ingest>
let dir: string

before(async () => {
  const columns = [...buildCatalogue(protocols).columns.values()]
  temporary = await startTemporaryStore({ columns })
  dir = await mkdtemp(join(tmpdir(), 'hw-ingest-'))
  service = await startIngest({
    store: temporary.store,
    logger: createLogger({ service: 'ingest', level: 'silent' }),
    metrics: new Metrics({ runtime: false }),
    address: `unix:${dir}/ingest.sock`,
    maxInserts: 2,
  })
  client = connect(Ingest, service.address)
})

after(async () => {
  client.close()
  await service.stop(1000)
  await temporary.stop()
  await rm(dir, { recursive: true, force: true })
})

/** The rows of three HTTP calls, as a worker sends them. */
async function blockOf(dissection: number): Promise<EncodedBlock> {
  const session = new TcpSession().open()
  for (const path of ['/a', '/b', '/c']) {
    session.client(`GET ${path} HTTP/1.1\r\nhost: shop\r\n\r\n`)
    session.server('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
  }
  const path = join(dir, 'three.pcap')
  await writeFile(path, pcapFile(session.close().frames))
  const blocks: EncodedBlock[] = []
  const files = [{ path, name: 'three.pcap', node: 'n1', packets: session.frames.length }]
  const block = async (encoded: EncodedBlock) => void blocks.push(encoded)
  await dissectShard({ files, shard: 0, shards: 1, dissection, protocols: ['http'] }, { block })
  assert.equal(blocks.length, 1)
  return blocks[0] as EncodedBlock
}

async function batchOf(dissection: number, sequence = 0) {
  const block = await blockOf(dissection)
  const { schemaVersion } = temporary.store
  return { dissection, token: `${dissection}/0/${sequence}`, schemaVersion, rows: block.rows, block: block.bytes }
}

async function write(...batches: Awaited<ReturnType<typeof batchOf>>[]): Promise<number> {
  const writer = new BatchWriter(client)
  for (const batch of batches) await writer.write(batch)
  return (await writer.finish()).rows
}

test('written, repeated, sealed and dropped', async () => {
  assert.equal((await client.status({ dissection: 1 })).state, State.ABSENT)
  const batch = await batchOf(1)
  assert.equal(await write(batch, { ...batch, token: '1/0/1' }), 6)
  assert.equal(await write(batch), 3)
  const open = await client.status({ dissection: 1 })
  assert.deepEqual([open.state, open.rows], [State.OPEN, 6n])

  const sealed = await client.seal({ dissection: 1, snapshot: 'monday', name: 'a', expectedRows: 6n })
  assert.equal(sealed.rows, 6n)
  assert.deepEqual(sealed.rowsByProtocol, { http: 6n })
  assert.equal(sealed.firstTimeUs, 1_704_067_200_000_300n)
  const again = await client.seal({ dissection: 1, snapshot: 'monday', name: 'a' })
  assert.deepEqual(again, sealed)
  assert.equal((await client.status({ dissection: 1 })).state, State.SEALED)
  assert.equal((await temporary.store.findDissection('monday', 'a'))?.visible, true)
  await assert.rejects(write({ ...batch, token: '1/0/2' }), { code: 'dissection_sealed', status: 409 })

  await client.drop({ dissection: 1 })
  await client.drop({ dissection: 1 })
  assert.equal((await client.status({ dissection: 1 })).state, State.ABSENT)
  await assert.rejects(write({ ...batch, token: '1/0/3' }), { code: 'dissection_dropped', status: 409 })
})

test('a batch that comes after its dissection was dropped is refused', async () => {
  await client.drop({ dissection: 2 })
  await assert.rejects(write(await batchOf(2)), { code: 'dissection_dropped' })
  await assert.rejects(client.seal({ dissection: 2, snapshot: 'a', name: 'b' }), { code: 'dissection_dropped' })
})

test('rows that are missing keep a dissection hidden', async () => {
  await write(await batchOf(3))
  const request = { dissection: 3, snapshot: 'monday', name: 'c', expectedRows: 4n }
  await assert.rejects(client.seal(request), { code: 'row_count_mismatch', details: { stored: 3, expected: 4 } })
  assert.equal(await temporary.store.findDissection('monday', 'c'), null)
  assert.equal((await client.seal({ ...request, expectedRows: 3n })).rows, 3n)
})

test('one without entries', async () => {
  const sealed = await client.seal({ dissection: 4, snapshot: 'monday', name: 'd', expectedRows: 0n })
  assert.deepEqual([sealed.rows, sealed.firstTimeUs], [0n, undefined])
})

test('batches that are no good are refused, and nothing of them is stored', async () => {
  const batch = await batchOf(5)
  await assert.rejects(write({ ...batch, schemaVersion: '1-other' }), { code: 'schema_mismatch', status: 409 })
  await assert.rejects(write({ ...batch, token: '6/0/0' }), { code: 'invalid_token', status: 400 })
  await assert.rejects(write({ ...batch, block: batch.block.subarray(0, 50) }), { code: 'store_schema', status: 400 })
  await assert.rejects(write({ ...batch, block: new Uint8Array(0) }), { code: 'empty_block', status: 400 })
  assert.equal((await client.status({ dissection: 5 })).rows, 0n)
})

test('an acknowledgement does not wait for the next batch, and many streams go on at once', async () => {
  const batch = await batchOf(6)
  const more = Promise.withResolvers<void>()
  async function* slow() {
    yield batch
    await more.promise
    yield { ...batch, token: '6/0/1' }
  }
  const acks = client.write(slow())[Symbol.asyncIterator]()
  assert.equal((await acks.next()).value?.token, '6/0/0')
  const shards = [1, 2, 3, 4, 5].map((shard) =>
    write(...[0, 1, 2].map((sequence) => ({ ...batch, token: `6/${shard}/${sequence}` }))),
  )
  assert.deepEqual(await Promise.all(shards), [9, 9, 9, 9, 9])
  more.resolve()
  assert.equal((await acks.next()).value?.token, '6/0/1')
  assert.equal((await acks.next()).done, true)
  assert.equal((await client.status({ dissection: 6 })).rows, 51n)
})
