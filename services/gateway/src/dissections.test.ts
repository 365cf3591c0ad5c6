import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'

import { ask as askAt, captureOf, type House, openHouse, type Reply } from './testing/house.ts'

let house: House

before(async () => {
  house = await openHouse({ heartbeatMs: 20 })
  for (const name of ['shop', 'other']) {
    await askAt(house.address, `PUT /mcp/snapshots/${name}/captures/x.pcap?node=n1`, captureOf('/a', '/b', '/c'))
  }
})
after(() => house.stop())

function ask(call: string, body?: unknown, headers?: Record<string, string>): Promise<Reply> {
  return askAt(house.address, call, body, headers)
}

function start(name: string, snapshot = 'shop'): Promise<Reply> {
  return ask('POST /mcp/dissections', { snapshot, name })
}

/** Data of an event stream until its end, and the number of heartbeats in it. */
/** Reads an event stream to its end. `listening` is called once the first status and a heartbeat have come. */
async function events(
  path: string,
  listening: () => void = () => {},
): Promise<{ data: Record<string, unknown>[]; heartbeats: number }> {
  const response = await fetch(house.address + path)
  assert.equal(response.headers.get('content-type'), 'text/event-stream')
  assert.ok(response.body)
  let text = ''
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk
    if (text.includes('data: ') && text.includes(': heartbeat\n')) listening()
  }
  const blocks = text.split('\n\n').filter((block) => block !== '')
  const data = blocks.flatMap((block) => /^data: (.*)$/m.exec(block)?.[1] ?? [])
  return {
    data: data.map((line) => JSON.parse(line) as Record<string, unknown>),
    heartbeats: blocks.filter((block) => block === ': heartbeat').length,
  }
}

test('a dissection from the first call to the last', async () => {
  const started = await start('first')
  assert.equal(started.status, 202)
  assert.deepEqual(started.json, { success: true, snapshot: 'shop', name: 'first', status: 'pending' })
  const twice = await start('first')
  assert.deepEqual([twice.status, twice.json['code']], [409, 'dissection_exists'])
  const frozen = await ask('PUT /mcp/snapshots/shop/captures/y.pcap', captureOf('/d'))
  assert.deepEqual([frozen.status, frozen.json['code']], [409, 'snapshot_immutable'])
  const hidden = await ask('GET /mcp/calls?db=shop/first')
  assert.deepEqual([hidden.status, hidden.json['code']], [404, 'unknown_database'])

  await house.dissect('downloading', 'running', 'uploading', 'completed')
  const { json: got } = await ask('GET /mcp/dissections/shop/first')
  assert.deepEqual([got['status'], got['progress'], got['errors']], ['completed', 100, []])
  const stats = got['stats'] as Record<string, unknown>
  assert.deepEqual([stats['pcap_files'], stats['packets_processed'], stats['entries_created']], [1, 12, 4])
  assert.deepEqual(stats['protocol_counts'], { http: 3, tcp_flow: 1 })
  const { json: list } = await ask('GET /api/mcp/dissections?snapshot=shop')
  assert.deepEqual(list['dissections'], [{ snapshot: 'shop', name: 'first', status: 'completed', entry_count: 4 }])

  const { json: found } = await ask('GET /mcp/calls?db=shop/first&kfl=http+and+status+%3D%3D+200&limit=2&order=asc')
  const calls = found['calls'] as { path: string; id: string }[]
  assert.deepEqual([found['total'], found['truncated'], calls.length], [3, true, 2])
  assert.equal(calls[0]?.path, '/a')
  const next = await ask(
    `GET /mcp/calls?db=shop/first&kfl=http+and+status+%3D%3D+200&limit=2&order=asc&cursor=${String(found['next_cursor'])}`,
  )
  assert.equal((next.json['calls'] as { path: string }[])[0]?.path, '/c')
  const databases = (await ask('GET /mcp/databases')).json['databases'] as { name: string }[]
  assert.deepEqual(
    databases.map(({ name }) => name),
    ['first'],
  )

  const stopped = await ask('POST /mcp/dissections/shop/first/stop')
  assert.deepEqual([stopped.status, stopped.json['code']], [409, 'wrong_state'])
  const deleted = await ask('DELETE /mcp/dissections/shop/first')
  assert.deepEqual(deleted.json, { success: true, snapshot: 'shop', name: 'first' })
  assert.equal((await ask('GET /mcp/dissections/shop/first')).status, 404)
  assert.equal((await ask('GET /mcp/calls?db=shop/first')).status, 404)
  assert.equal((await start('first')).status, 202)
  await house.dissect('running', 'uploading', 'completed')
  assert.deepEqual((await ask('GET /mcp/calls?db=shop/first&limit=2')).json['total'], 3)
})

test('every status is seen, by many listeners', async () => {
  await start('watched')
  const ready = Array.from({ length: 20 }, () => Promise.withResolvers<void>())
  const listeners = ready.map(({ resolve }) => events('/mcp/dissections/shop/watched/events', resolve))
  await Promise.all(ready.map(({ promise }) => promise))
  const running = house.dissect('downloading', 'running', 'uploading', 'completed')
  const seen = await Promise.all(listeners)
  await running
  const final = (await ask('GET /mcp/dissections/shop/watched')).json
  for (const { data, heartbeats } of seen) {
    assert.equal(data[0]?.['status'], 'pending')
    assert.deepEqual(data.at(-1), final)
    assert.ok(heartbeats > 0)
    const order = ['pending', 'downloading', 'running', 'uploading', 'completed']
    const places = data.map(({ status }) => order.indexOf(String(status)))
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    )
  }
  const late = await events('/mcp/dissections/shop/watched/events')
  assert.deepEqual(late.data, [final])
  const again = await fetch(`${house.address}/mcp/dissections/shop/watched/events`, {
    headers: { 'Last-Event-ID': 'end' },
  })
  assert.equal(again.status, 204)
  assert.equal((await ask('GET /mcp/dissections/shop/nothing/events')).status, 404)
})

test('failed, cancelled, and deleted while it runs', async () => {
  await start('bad')
  await house.dissect('failed')
  assert.equal((await ask('GET /mcp/dissections/shop/bad')).json['status'], 'failed')

  await start('long')
  const job = await house.dissect('downloading', 'running')
  const { json } = await ask('POST /mcp/dissections/shop/long/stop')
  assert.deepEqual(json, { success: true, snapshot: 'shop', name: 'long', status: 'cancelled' })
  assert.equal((await house.context.jobs.find('shop', 'long'))?.cleanupDue, false)
  await assert.rejects(house.context.ingest.seal({ dissection: job.id, snapshot: 'shop', name: 'long' }), {
    code: 'dissection_dropped',
  })

  await start('gone')
  const stream = events('/mcp/dissections/shop/gone/events')
  await house.dissect('running')
  assert.equal((await ask('DELETE /mcp/dissections/shop/gone')).status, 200)
  await stream
  assert.equal((await ask('DELETE /mcp/dissections/shop/gone')).json['code'], 'unknown_dissection')
})

test('a snapshot goes with its dissections', async () => {
  await start('x', 'other')
  await house.dissect('running', 'uploading', 'completed')
  await start('y', 'other')
  assert.equal((await ask('DELETE /mcp/snapshots/other')).status, 200)
  assert.deepEqual((await ask('GET /mcp/dissections?snapshot=other')).json, { dissections: [] })
  const databases = (await ask('GET /mcp/databases')).json['databases'] as { snapshot: string }[]
  assert.ok(databases.every(({ snapshot }) => snapshot !== 'other'))
})

test('what cannot be dissected', async () => {
  const post = async (body: unknown) => {
    const { status, json } = await ask('POST /mcp/dissections', body)
    return [status, json['code']]
  }
  assert.deepEqual(await post({ snapshot: 'none', name: 'a' }), [404, 'unknown_snapshot'])
  assert.deepEqual(await post({ snapshot: 'shop', name: '../a' }), [400, 'invalid_name'])
  assert.deepEqual(await post({ snapshot: 'shop' }), [400, 'invalid_body'])
  assert.deepEqual(await post({ snapshot: 'shop', name: 'a', more: 1 }), [400, 'invalid_body'])
  assert.deepEqual(await post({ snapshot: 'shop', name: 'a', protocols: ['nope'] }), [400, 'unknown_protocol'])
  assert.deepEqual(await post({ snapshot: 'shop', name: 'a', kfl: 'nope ==' }), [422, 'kfl_error'])
  await ask('PUT /mcp/snapshots/bare/resolution', [{ ip: '10.0.0.1', kind: 'pod', name: 'p' }])
  assert.deepEqual(await post({ snapshot: 'bare', name: 'a' }), [409, 'snapshot_empty'])
  const options = { protocols: ['http'], kfl: 'http', max_body_bytes: 10 }
  assert.deepEqual((await post({ snapshot: 'shop', name: 'opt', ...options }))[0], 202)
  const { options: stored } = await house.context.jobs.get('shop', 'opt')
  assert.deepEqual(stored, { protocols: ['http'], kfl: 'http', maxBodyBytes: 10 })
})

test('a gateway that starts finishes what another one began', async () => {
  const { jobs } = house.context
  const job = await jobs.create({ snapshot: 'shop', name: 'lost', options: {}, files: 1, bytes: 1 })
  const doomed = await jobs.create({ snapshot: 'shop', name: 'doomed', options: {}, files: 1, bytes: 1 })
  await jobs.requestDelete('shop', 'doomed')
  await jobs.cancel('shop', 'opt')
  const other = await house.gateway({})
  assert.equal(await jobs.find('shop', 'doomed'), null)
  assert.deepEqual(await jobs.listDue(), [])
  assert.equal((await house.dissect('running')).id, job.id)
  await assert.rejects(house.context.ingest.seal({ dissection: doomed.id, snapshot: 'a', name: 'b' }))
  await other.stop(500)
})
