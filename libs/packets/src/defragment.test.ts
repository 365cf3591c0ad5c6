import assert from 'node:assert/strict'
import { test } from 'node:test'

import { concat, ethernet, ip, ipFragments, tcp, udp } from '@hindwire/testkit/packet-builder.ts'
import { seededRandom } from '@hindwire/testkit/seeded-random.ts'

import { decodePacket } from './decode.ts'
import { Defragmenter } from './defragment.ts'
import { Packet, Verdict } from './packet.ts'

const client = { ip: '10.0.0.1', port: 5000 }
const server = { ip: '10.0.0.2', port: 53 }
const text = Array.from({ length: 300 }, (_, index) => `line ${index}\n`).join('')

function decode(packet: Uint8Array, time = 0): Packet {
  const decoded = new Packet()
  decoded.bytes = ethernet(packet, { vlans: [3] })
  decoded.end = decoded.bytes.length
  decoded.wireLength = decoded.end
  decoded.linkType = 1
  decoded.time = time
  decodePacket(decoded)
  return decoded
}

function payload(packet: Packet): string {
  return Buffer.from(packet.bytes.subarray(packet.payloadStart, packet.payloadEnd)).toString()
}

function fill(length: number, letter: string): Uint8Array {
  return Buffer.from(letter.repeat(length))
}

function part(offset: number, bytes: Uint8Array, more: boolean): Uint8Array {
  return ip(client.ip, server.ip, 17, bytes, { id: 4, fragment: { offset, more } })
}

/** Feeds packets; returns the datagrams that came out. */
function feed(defragmenter: Defragmenter, packets: readonly Uint8Array[]): Packet[] {
  return packets
    .map((bytes) => decode(bytes))
    .filter((packet) => {
      assert.equal(packet.verdict, Verdict.Fragment)
      return defragmenter.add(packet)
    })
}

test('IPv4 and IPv6 fragments in any order', () => {
  for (let seed = 1; seed <= 40; seed++) {
    const random = seededRandom(seed)
    const [from, to] =
      seed % 2 === 0
        ? [client, server]
        : [
            { ip: '2001:db8::1', port: 5000 },
            { ip: '2001:db8::2', port: 53 },
          ]
    const fragments = ipFragments(from.ip, to.ip, 17, udp(from, to, text), {
      size: 8 * (1 + Math.floor(random() * 40)),
      id: seed,
    })
    const order = fragments.map((bytes) => ({ bytes, key: random() })).sort((a, b) => a.key - b.key)
    const repeated = order.slice(0, -1).flatMap(({ bytes }) => (random() < 0.2 ? [bytes, bytes] : [bytes]))
    const defragmenter = new Defragmenter()
    const whole = feed(defragmenter, [...repeated, order.at(-1)!.bytes])
    assert.equal(whole.length, 1, `seed ${seed}`)
    const packet = whole[0]!
    assert.equal(packet.verdict, Verdict.Ok)
    assert.deepEqual([packet.srcPort, packet.dstPort, packet.vlan, packet.linkType], [5000, 53, 3, 1])
    assert.equal(payload(packet), text)
    assert.equal(defragmenter.bytes, 0)
    assert.equal(defragmenter.counts.reassembled, 1)
  }
})

test('datagrams with the same identification but other ends are kept apart', () => {
  const defragmenter = new Defragmenter()
  const other = { ip: '10.0.0.3', port: 5000 }
  const one = ipFragments(client.ip, server.ip, 17, udp(client, server, text), { size: 2000, id: 1 })
  const two = ipFragments(other.ip, server.ip, 17, udp(other, server, text.toUpperCase()), { size: 2000, id: 1 })
  const whole = feed(defragmenter, [one[0]!, two[0]!, two[1]!, one[1]!])
  assert.deepEqual(whole.map(payload), [text.toUpperCase(), text])
})

test('where parts overlap, the first copy wins', () => {
  const data = udp(client, server, 'a'.repeat(40))
  const packets = [
    part(16, fill(8, 'b'), true),
    part(32, fill(8, 'c'), true),
    part(8, fill(32, 'd'), true),
    part(0, data.subarray(0, 24), true),
    part(40, fill(8, 'e'), false),
  ]
  const whole = feed(new Defragmenter(), packets)
  assert.equal(whole.length, 1)
  assert.equal(payload(whole[0]!), `${'d'.repeat(8)}${'b'.repeat(8)}${'d'.repeat(8)}${'c'.repeat(8)}${'e'.repeat(8)}`)
})

test('contradictions and impossible parts are refused', () => {
  const defragmenter = new Defragmenter()
  assert.equal(feed(defragmenter, [part(0, fill(7, 'x'), true)]).length, 0)
  assert.equal(feed(defragmenter, [part(65_528, fill(16, 'x'), false)]).length, 0)
  assert.equal(
    feed(defragmenter, [part(16, fill(8, 'x'), false), part(24, fill(8, 'x'), true), part(32, fill(8, 'x'), false)])
      .length,
    0,
  )
  assert.equal(defragmenter.counts.refused, 4)
  defragmenter.close()
  assert.equal(defragmenter.counts.expired, 1)
  assert.equal(defragmenter.bytes, 0)
})

test('a part that the snapshot length cut is refused', () => {
  const packet = decode(ip(client.ip, server.ip, 17, new Uint8Array(64), { fragment: { offset: 0, more: true } }))
  packet.end -= 8
  decodePacket(packet)
  assert.equal(packet.verdict, Verdict.Fragment)
  const defragmenter = new Defragmenter()
  assert.equal(defragmenter.add(packet), false)
  assert.equal(defragmenter.counts.refused, 1)
})

test('parts wait for a time, and within bounds', () => {
  const first = (id: number): Uint8Array =>
    ip(client.ip, server.ip, 17, new Uint8Array(64), { id, fragment: { offset: 0, more: true } })
  const last = ip(client.ip, server.ip, 17, new Uint8Array(8), { id: 1, fragment: { offset: 64, more: false } })
  const timed = new Defragmenter({ timeout: 1000 })
  timed.add(decode(first(1), 0))
  assert.equal(timed.add(decode(last, 1001)), false)
  assert.equal(timed.counts.expired, 1)
  const bounded = new Defragmenter({ maxDatagrams: 10, maxBytes: 16_384 })
  for (let id = 1; id <= 1000; id++) bounded.add(decode(first(id)))
  assert.ok(bounded.bytes <= 16_384)
  assert.equal(bounded.counts.expired, 992)
})

test('a fragmented tunnel with a fragmented datagram in it', () => {
  const segment = tcp(client, server, { seq: 1, flags: 'PA', payload: text })
  const inner = ipFragments(client.ip, server.ip, 6, segment, { size: 1600, id: 9 })
  const outer = inner.flatMap((packet, id) => ipFragments('192.0.2.1', '192.0.2.2', 4, packet, { size: 800, id }))
  const whole = feed(new Defragmenter(), outer)
  assert.equal(whole.length, 1)
  assert.equal(whole[0]?.tunnel, 'ipip')
  assert.equal(payload(whole[0]), text)
})

test('spoiled fragments: no throw, memory returns to zero', () => {
  const fragments = ipFragments(client.ip, server.ip, 17, udp(client, server, text), { size: 400, id: 1 })
  const defragmenter = new Defragmenter()
  for (let seed = 1; seed <= 500; seed++) {
    const random = seededRandom(seed)
    const bytes = concat(fragments[seed % fragments.length]!)
    bytes[2 + Math.floor(random() * 8)] = Math.floor(random() * 256)
    const packet = decode(bytes)
    if (packet.verdict === Verdict.Fragment) defragmenter.add(packet)
    assert.ok(defragmenter.bytes >= 0, `seed ${seed}`)
  }
  defragmenter.close()
  assert.equal(defragmenter.bytes, 0)
})
