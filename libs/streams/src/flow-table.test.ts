import assert from 'node:assert/strict'
import { test } from 'node:test'

import { FlowClass, FlowTable } from './flow-table.ts'
import { type Addressed, type Flow, FlowKey } from './flow.ts'
import { defaultLimits } from './limits.ts'

const SECOND = 1_000_000

function key(srcPort: number, dstPort: number, swap = false): FlowKey {
  const packet: Addressed = {
    protocol: 17,
    ipVersion: 4,
    src0: 0,
    src1: 0,
    src2: 0xffff,
    src3: swap ? 0x0a000002 : 0x0a000001,
    dst0: 0,
    dst1: 0,
    dst2: 0xffff,
    dst3: swap ? 0x0a000001 : 0x0a000002,
    srcPort,
    dstPort,
  }
  const made = new FlowKey()
  made.set(packet)
  return made
}

test('both directions are one flow', () => {
  const there = key(1000, 53)
  const back = key(53, 1000, true)
  assert.notEqual(there.direction, back.direction)
  assert.equal(there.hash, back.hash)
  const table = new FlowTable(defaultLimits, () => undefined)
  const flow = table.add(there, 1, 0, FlowClass.Datagram)
  assert.equal(table.find(back), flow)
  assert.equal(table.find(key(1001, 53)), null)
})

test('thousands of flows are found, and finished in the order of their first packets', () => {
  const finished: number[] = []
  const table = new FlowTable(defaultLimits, ({ id }) => finished.push(id))
  const flows: Flow[] = []
  for (let port = 0; port < 20_000; port++) flows.push(table.add(key(port, 53), port, port, FlowClass.Tcp))
  for (let port = 0; port < 20_000; port++) assert.equal(table.find(key(port, 53)), flows[port])
  table.reclassify(flows[7] as Flow, FlowClass.TcpClosed)
  table.touch(flows[9] as Flow, 90 * SECOND)
  table.finishAll()
  assert.equal(table.size, 0)
  assert.deepEqual(
    finished,
    flows.map(({ id }) => id),
  )
})

test('a flow expires by its own packets; the sweep only frees what has expired', () => {
  const finished: number[] = []
  const table = new FlowTable(defaultLimits, ({ id }) => finished.push(id))
  const quiet = table.add(key(1, 53), 1, 0, FlowClass.Datagram)
  const busy = table.add(key(2, 53), 2, 0, FlowClass.Datagram)
  for (let now = 0; now <= 200; now += 10) table.touch(busy, now * SECOND)
  assert.equal(table.isExpired(quiet, 120 * SECOND), false)
  assert.equal(table.isExpired(quiet, 121 * SECOND), true)
  assert.equal(table.isExpired(busy, 300 * SECOND), false)
  table.sweep(130 * SECOND)
  assert.deepEqual(finished, [], 'late packets of other interfaces may still come')
  table.sweep(200 * SECOND)
  assert.deepEqual(finished, [1])
  assert.equal(table.find(key(2, 53)), busy)
})

test('a full table ends closed connections first, then the oldest', () => {
  const finished: number[] = []
  const table = new FlowTable({ ...defaultLimits, maxFlows: 3 }, ({ id }) => finished.push(id))
  table.add(key(1, 80), 1, 0, FlowClass.Tcp)
  table.add(key(2, 80), 2, 1, FlowClass.Tcp)
  table.reclassify(table.add(key(3, 80), 3, 2, FlowClass.Tcp), FlowClass.TcpClosed)
  table.add(key(4, 80), 4, 3, FlowClass.Tcp)
  table.add(key(5, 80), 5, 4, FlowClass.Tcp)
  assert.deepEqual(finished, [3, 1])
  assert.equal(table.size, 3)
  assert.equal(table.evicted, 2)
})
