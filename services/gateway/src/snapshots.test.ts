import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:http'
import { after, before, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { gzipSync, zstdCompressSync } from 'node:zlib'

import { ask as askAt, captureOf, type House, openHouse, type Reply } from './testing/house.ts'

let house: House

before(async () => {
  house = await openHouse({ maxUploadBytes: 100_000, maxJsonBytes: 2000 })
})
after(() => house.stop())

function ask(call: string, body?: unknown, headers?: Record<string, string>): Promise<Reply> {
  return askAt(house.address, call, body, headers)
}

test('a capture makes a snapshot, which can be read, and deleted', async () => {
  const capture = captureOf('/a', '/b')
  const put = await ask('PUT /mcp/snapshots/monday/captures/x.pcap?node=worker-1', capture)
  assert.equal(put.status, 201)
  assert.deepEqual(put.json, {
    success: true,
    name: 'monday',
    file: 'x.pcap',
    node: 'worker-1',
    bytes: capture.length,
    packets: 10,
    sha256: createHash('sha256').update(capture).digest('hex'),
    first_ts: 1_704_067_200_000,
    last_ts: 1_704_067_200_000,
  })
  const { json: got } = await ask('GET /mcp/snapshots/monday')
  const { snapshots } = (await ask('GET /api/mcp/snapshots')).json as { snapshots: Record<string, unknown>[] }
  const item = snapshots.find(({ name }) => name === 'monday')
  assert.deepEqual(item, {
    name: 'monday',
    status: 'completed',
    size_bytes: capture.length,
    created_at: item?.['created_at'],
    duration: '0.001s',
  })
  assert.deepEqual([got['node_count'], got['packet_count'], got['start_ts']], [1, 10, 1_704_067_200_000])
  assert.equal((got['files'] as unknown[]).length, 1)
  assert.deepEqual((await ask('DELETE /mcp/snapshots/monday')).json, { success: true, name: 'monday' })
  assert.equal((await ask('GET /mcp/snapshots/monday')).status, 404)
  assert.equal((await ask('DELETE /mcp/snapshots/monday')).json['code'], 'unknown_snapshot')
})

test('compressed captures, and one whose last record is cut', async () => {
  const capture = captureOf('/a')
  const gz = await ask('PUT /mcp/snapshots/packed/captures/x.pcap.gz', gzipSync(capture))
  const zst = await ask('PUT /mcp/snapshots/packed/captures/x.pcap.zst', zstdCompressSync(capture))
  assert.deepEqual([gz.json['packets'], zst.json['packets']], [8, 8])
  const cut = await ask('PUT /mcp/snapshots/packed/captures/cut.pcap', capture.subarray(0, -3))
  assert.deepEqual([cut.status, cut.json['packets'], (cut.json['warnings'] as string[]).length], [201, 7, 1])
})

test('what is no capture is refused, and leaves nothing', async () => {
  for (const body of ['hello, this is text', '{"json":true}', '', Buffer.from('504b0304deadbeef', 'hex')]) {
    const { status, json } = await ask('PUT /mcp/snapshots/wrong/captures/x.pcap', body)
    assert.deepEqual([status, json['code']], [400, 'not_a_capture'])
    assert.match(String(json['error']), /^The file is no packet capture \(pcap or pcapng\)\. ./)
  }
  assert.equal((await ask('GET /mcp/snapshots/wrong')).status, 404)
})

test('a file that is there, names that are none, and bodies that are too large', async () => {
  const put = 'PUT /mcp/snapshots/twice/captures/x.pcap'
  assert.equal((await ask(put, captureOf('/a'))).status, 201)
  const again = await ask(put, captureOf('/a'))
  assert.deepEqual([again.status, again.json['code']], [409, 'file_exists'])
  for (const path of [
    '..%2F..%2Fetc/captures/x',
    'ok/captures/..%2Fx',
    'ok/captures/x?node=..',
    '.hidden/captures/x',
  ]) {
    const { status, json } = await ask(`PUT /mcp/snapshots/${path}`, captureOf('/a'))
    assert.deepEqual([status, json['code']], [400, 'invalid_name'], path)
  }
  const large = await ask('PUT /mcp/snapshots/large/captures/x.pcap', Buffer.alloc(100_001))
  assert.deepEqual([large.status, large.json['code']], [413, 'too_large'])
  assert.equal((await ask('GET /mcp/snapshots/large')).status, 404)
})

test('too large without saying so, and broken off in the middle', async () => {
  const options = { method: 'PUT', headers: { 'transfer-encoding': 'chunked' } }
  const url = `${house.address}/mcp/snapshots/partial/captures/x.pcap`
  const large = request(url, options)
  large.on('error', () => {})
  const answered = once(large, 'response')
  large.write(captureOf('/a'))
  large.end(Buffer.alloc(200_000))
  const [response] = await answered
  assert.equal(response.statusCode, 413)
  response.resume()
  const broken = request(url, options)
  broken.on('error', () => {})
  broken.write(captureOf('/a'))
  await delay(50)
  broken.destroy()
  await delay(50)
  assert.equal((await ask('GET /mcp/snapshots/partial')).status, 404)
  assert.equal((await ask('PUT /mcp/snapshots/partial/captures/x.pcap', captureOf('/a'))).status, 201)
})

test('many uploads at once', async () => {
  const names = Array.from({ length: 12 }, (_, at) => `f${at}.pcap`)
  const replies = await Promise.all(
    names.map((name) => ask(`PUT /mcp/snapshots/many/captures/${name}`, captureOf('/a'))),
  )
  assert.ok(replies.every(({ status }) => status === 201))
  assert.equal(((await ask('GET /mcp/snapshots/many')).json['files'] as unknown[]).length, 12)
})

test('name records', async () => {
  const pods = {
    kind: 'List',
    items: [
      {
        kind: 'Pod',
        metadata: { name: 'cart-1', namespace: 'shop' },
        status: { podIP: '10.0.0.1', podIPs: [{ ip: '10.0.0.1' }], phase: 'Running' },
        spec: { nodeName: 'n1' },
      },
    ],
  }
  const put = await ask('PUT /mcp/snapshots/named/resolution', pods)
  assert.equal(put.status, 200, JSON.stringify(put.json))
  assert.equal(put.json['records'], 1)
  assert.equal((await ask('GET /mcp/snapshots/named')).json['has_resolution'], true)
  const { status, json } = await ask('PUT /mcp/snapshots/named/resolution', 'nothing')
  assert.deepEqual([status, json['code']], [400, 'no_name_records'])
})

test('snapshots of agents cannot be cut while there are none', async () => {
  const { status, json } = await ask('POST /mcp/snapshots', { name: 'now', duration: '30m' })
  assert.deepEqual([status, json['code']], [409, 'no_capture_agent'])
  assert.equal((await ask('POST /mcp/snapshots', { name: 'now', start: 1, end: 2, nodes: ['a'] })).status, 409)
  for (const body of [{ name: 'now' }, { name: 'now', duration: 'long' }, { name: 'now', start: 2, end: 1 }, []]) {
    assert.equal((await ask('POST /mcp/snapshots', body)).json['code'], 'invalid_body')
  }
  assert.deepEqual((await ask('GET /mcp/raw-capture')).json, { enabled: false, session_id: null })
  assert.deepEqual((await ask('GET /mcp/data-boundaries')).json['nodes'], [])
})
