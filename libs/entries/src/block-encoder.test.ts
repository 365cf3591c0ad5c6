import assert from 'node:assert/strict'
import { test } from 'node:test'

import type { Entry, FlowInfo, PacketLocator } from '@hindwire/dissect/entry.ts'
import { Columns } from '@hindwire/protocols/contract/common-columns.ts'
import type { EntryWriter } from '@hindwire/protocols/contract/entry-writer.ts'
import { Message, Role } from '@hindwire/protocols/contract/message.ts'
import type { Pair } from '@hindwire/protocols/contract/message.ts'
import type { Protocol } from '@hindwire/protocols/contract/protocol.ts'
import { redis } from '@hindwire/protocols/redis/index.ts'

import { decodeBlocks } from './block-decoder.ts'
import { BlockEncoder } from './block-encoder.ts'
import type { BlockEncoderOptions, EncodedBlock } from './block-encoder.ts'
import type { EndpointNames, NameLookup } from './name-lookup.ts'
import { withoutDefaults } from './sample-rows.ts'
import type { SampleRow } from './sample-rows.ts'

const START = 1_769_998_106_100_000

class Get extends Message {
  readonly key: string

  constructor(key: string) {
    super(Role.Request)
    this.key = key
    this.firstPacket = 11
    this.lastPacket = 12
  }
}

/** Redis with its parser left out: what an encoder sees of a protocol is summarize alone. */
const protocol: Protocol = {
  ...(redis as Protocol),
  summarize(pair: Pair, entry: EntryWriter) {
    entry.text(Columns.method, 'GET')
    if (pair.request instanceof Get) entry.text(Columns.path, pair.request.key)
  },
}

const flow: FlowInfo = {
  id: 204,
  transport: 'tcp',
  clientIp: '10.0.1.5',
  clientPort: 51_148,
  serverIp: '10.0.2.10',
  serverPort: 6379,
  node: 'worker-1',
  tunnel: '',
}

/** Ten packets a file. */
const packets: PacketLocator = {
  fileOf: (ordinal) => Math.floor((ordinal - 1) / 10),
  numberIn: (ordinal) => ((ordinal - 1) % 10) + 1,
  name: (file) => `${file}.pcap`,
}

function entryOf(index: number, changes: Partial<Entry> = {}): Entry {
  return {
    protocol,
    flow,
    index,
    request: new Get(`key-${index}`),
    response: null,
    time: START + index,
    elapsedUs: 45_200,
    durationUs: 45_300,
    completeness: 'partial',
    completenessReason: 'no response',
    requestSide: 0,
    ...changes,
  }
}

function blocksOf(count: number, options: Partial<BlockEncoderOptions> = {}): EncodedBlock[] {
  const encoder = new BlockEncoder({ dissection: 7, packets, ...options })
  for (let index = 0; index < count; index++) encoder.entry(entryOf(index))
  encoder.close()
  return drained(encoder)
}

function drained(encoder: BlockEncoder): EncodedBlock[] {
  const blocks: EncodedBlock[] = []
  for (let block = encoder.take(); block !== null; block = encoder.take()) blocks.push(block)
  return blocks
}

function rowOf(entry: Entry, options: Partial<BlockEncoderOptions> = {}): SampleRow | undefined {
  const encoder = new BlockEncoder({ dissection: 7, packets, ...options })
  encoder.entry(entry)
  encoder.close()
  return drained(encoder).flatMap(({ bytes }) => decodeBlocks(bytes).map(withoutDefaults))[0]
}

test('an entry becomes a row: identity, time, endpoints, evidence, and what its protocol writes', () => {
  assert.deepEqual(rowOf(entryOf(3)), {
    dissection: 7,
    ts: START + 3,
    flow: 204,
    index: 3,
    node: 'worker-1',
    protocol: 'redis',
    transport: 'tcp',
    elapsed_us: 45_200,
    duration_us: 45_300,
    src_ip: '10.0.1.5',
    src_port: 51_148,
    dst_ip: '10.0.2.10',
    dst_port: 6379,
    file: '1.pcap',
    request_first_packet: 1,
    request_last_packet: 2,
    completeness: 'partial',
    completeness_reason: 'no response',
    method: 'GET',
    path: 'key-3',
  })
})

test('the sender of the request is the source, also where it is the server', () => {
  const row = rowOf(entryOf(0, { requestSide: 1 }))
  assert.equal(row?.['src_ip'], '10.0.2.10')
  assert.equal(row?.['src_port'], 6379)
  assert.equal(row?.['dst_ip'], '10.0.1.5')
})

test('a lone response is found in the file of its own packets', () => {
  const response = new Message(Role.Response)
  response.firstPacket = 25
  response.lastPacket = 31
  const row = rowOf(entryOf(0, { request: null, response }))
  assert.equal(row?.['file'], '2.pcap')
  assert.equal(row?.['response_first_packet'], 5)
  assert.equal(row?.['response_last_packet'], 1)
  assert.equal(row?.['request_first_packet'], undefined)
})

test('names go to the side that has them', () => {
  const backend: EndpointNames = {
    pod: 'backend-xyz',
    namespace: 'shop',
    service: 'backend',
    node: 'worker-1',
    dns: '',
    labels: { app: 'backend' },
    annotations: {},
  }
  const names: NameLookup = {
    endpoint: (ip, port, time) => (ip === '10.0.2.10' && port === 6379 && time === START ? backend : undefined),
    nodeIp: (node) => (node === 'worker-1' ? '192.168.1.11' : ''),
  }
  const row = rowOf(entryOf(0), { names })
  assert.equal(row?.['dst_pod'], 'backend-xyz')
  assert.equal(row?.['dst_service'], 'backend')
  assert.deepEqual(row?.['dst_labels'], { app: 'backend' })
  assert.equal(row?.['src_pod'], undefined)
  assert.equal(row?.['node_ip'], '192.168.1.11')
  assert.equal(rowOf(entryOf(0, { requestSide: 1 }), { names })?.['src_pod'], 'backend-xyz')
})

test('blocks are cut by rows', () => {
  const blocks = blocksOf(250, { maxRows: 100 })
  assert.deepEqual(
    blocks.map(({ rows, firstTs, lastTs, protocols }) => [
      rows,
      firstTs - START,
      lastTs - START,
      protocols['redis']?.requests,
    ]),
    [
      [100, 0, 99, 100],
      [100, 100, 199, 100],
      [50, 200, 249, 50],
    ],
  )
})

test('blocks are cut by bytes', () => {
  const blocks = blocksOf(250, { maxBytes: 1000 })
  assert.ok(blocks.length > 1)
  assert.equal(
    blocks.reduce((sum, { rows }) => sum + rows, 0),
    250,
  )
  for (const { bytes, rows } of blocks) assert.equal(decodeBlocks(bytes).length, rows)
})

test('the same entries give the same blocks', () => {
  assert.deepEqual(blocksOf(250, { maxBytes: 1000 }), blocksOf(250, { maxBytes: 1000 }))
})

test('nothing gives no block', () => {
  assert.deepEqual(blocksOf(0), [])
})

test('a block may go to another thread, and its buffer come back', () => {
  const encoder = new BlockEncoder({ dissection: 7, packets, maxRows: 10 })
  const seen: number[] = []
  for (let index = 0; index < 100; index++) {
    encoder.entry(entryOf(index))
    const block = encoder.take()
    if (block === null) continue
    const bytes = structuredClone(block.bytes, { transfer: [block.bytes.buffer] })
    assert.equal(block.bytes.length, 0)
    for (const row of decodeBlocks(bytes)) seen.push(row['index'] as number)
    encoder.recycle(bytes.buffer)
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 100 }, (_, index) => index),
  )
})
