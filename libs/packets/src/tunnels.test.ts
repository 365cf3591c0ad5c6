import assert from 'node:assert/strict'
import { test } from 'node:test'

import { formatIp } from '@hindwire/bytes/format-ip.ts'
import { fromHex } from '@hindwire/bytes/hex.ts'
import { concat, ethernet, ip, tcp, udp } from '@hindwire/testkit/packet-builder.ts'
import { seededRandom } from '@hindwire/testkit/seeded-random.ts'

import { decodePacket } from './decode.ts'
import { Packet, Verdict } from './packet.ts'

const client = { ip: '10.0.0.1', port: 40000 }
const server = { ip: '10.0.0.2', port: 80 }
const inner = ip(client.ip, server.ip, 6, tcp(client, server, { seq: 1, flags: 'A', payload: 'inner' }))
const inner6 = ip('2001:db8::1', '2001:db8::2', 6, tcp(client, server, { seq: 1, flags: 'A', payload: 'inner' }))

function decode(bytes: Uint8Array): Packet {
  const packet = new Packet()
  packet.bytes = bytes
  packet.end = bytes.length
  packet.wireLength = bytes.length
  packet.linkType = 1
  decodePacket(packet)
  return packet
}

function inIp(protocol: number, payload: Uint8Array): Uint8Array {
  return ethernet(ip('192.0.2.1', '192.0.2.2', protocol, payload))
}

function inUdp(port: number, payload: Uint8Array): Uint8Array {
  const from = { ip: '192.0.2.1', port: 50000 }
  const to = { ip: '192.0.2.2', port }
  return inIp(17, udp(from, to, payload))
}

/** By expected `packet.tunnel`. */
const TUNNELS: [string, Uint8Array][] = [
  ['ipip', inIp(4, inner)],
  ['6in4', inIp(41, inner6)],
  ['gre', inIp(47, concat(fromHex('0000 0800'), inner))],
  ['gre', inIp(47, concat(fromHex('b000 86dd 00000000 00000001 00000002'), inner6))],
  ['gre', inIp(47, concat(fromHex('0000 6558'), ethernet(inner)))],
  ['erspan', inIp(47, concat(fromHex('0000 88be'), ethernet(inner)))],
  ['erspan', inIp(47, concat(fromHex('1000 88be 00000001 10000000 00000000'), ethernet(inner)))],
  ['erspan', inIp(47, concat(fromHex('1000 22eb 00000001 20000000 00000000 00000000'), ethernet(inner)))],
  [
    'erspan',
    inIp(47, concat(fromHex('1000 22eb 00000001 20000000 00000000 00000001 0000000000000000'), ethernet(inner))),
  ],
  ['etherip', inIp(143, concat(fromHex('3000'), ethernet(inner)))],
  ['mpls', inIp(137, concat(fromHex('00010040 00020140'), inner))],
  ['mpls', ethernet(concat(fromHex('00010040 00020140'), inner6), { etherType: 0x8847 })],
  ['mpls', ethernet(concat(fromHex('00020140 00000000'), ethernet(inner)), { etherType: 0x8847 })],
  ['pppoe', ethernet(concat(fromHex('1100 0001 0040 0021'), inner), { etherType: 0x8864 })],
  [
    'nsh',
    ethernet(concat(fromHex('0006 0101 00000001 0000000000000000 0000000000000000').subarray(0, 24), inner), {
      etherType: 0x894f,
    }),
  ],
  ['vxlan', inUdp(4789, concat(fromHex('08000000 00002a00'), ethernet(inner)))],
  ['vxlan', inUdp(8472, concat(fromHex('08000000 00002a00'), ethernet(inner6)))],
  ['vxlan-gpe', inUdp(4790, concat(fromHex('0c000001 00002a00'), inner))],
  ['geneve', inUdp(6081, concat(fromHex('0200 6558 00002a00 0102800100000000'), ethernet(inner)))],
  ['geneve', inUdp(6081, concat(fromHex('0000 0800 00002a00'), inner))],
  ['gtp', inUdp(2152, concat(fromHex('30ff 0000 00000001'), inner))],
  ['gtp', inUdp(2152, concat(fromHex('34ff 0000 00000001 00000085 01100900'), inner))],
  ['teredo', inUdp(3544, inner6)],
  ['teredo', inUdp(3544, concat(fromHex('0001 0000 0000000000000000 00 0000 63bf 3fffffff'), inner6))],
]

test('the flow inside of a tunnel is what counts', () => {
  for (const [tunnel, bytes] of TUNNELS) {
    const packet = decode(bytes)
    assert.equal(packet.verdict, Verdict.Ok, tunnel)
    assert.equal(packet.tunnel, tunnel)
    assert.equal(packet.srcPort, 40000, tunnel)
    const source = formatIp(packet.src0, packet.src1, packet.src2, packet.src3)
    assert.equal(source, packet.ipVersion === 4 ? '10.0.0.1' : '2001:db8::1', tunnel)
    assert.equal(Buffer.from(packet.bytes.subarray(packet.payloadStart, packet.payloadEnd)).toString(), 'inner', tunnel)
  }
})

test('UDP to a port of a tunnel that is something else stays UDP', () => {
  for (const port of [4789, 8472, 4790, 6081, 2152, 3544]) {
    for (const payload of ['', 'GET / HTTP/1.1\r\nHost: example\r\n\r\n', '\0'.repeat(60)]) {
      const packet = decode(inUdp(port, Buffer.from(payload)))
      assert.equal(packet.verdict, Verdict.Ok)
      assert.equal(packet.dstPort, port)
      assert.equal(packet.payloadLength, payload.length)
      assert.equal(packet.tunnel, '')
    }
  }
})

test('GRE that carries no IP stays the outer packet', () => {
  const packet = decode(inIp(47, fromHex('0000 2000 01020304')))
  assert.equal(packet.verdict, Verdict.Ok)
  assert.equal(packet.protocol, 47)
  assert.equal(packet.payloadLength, 8)
})

test('what a tunnel carries has a verdict of its own', () => {
  const arp = ethernet(new Uint8Array(28), { etherType: 0x0806 })
  assert.equal(decode(inUdp(4789, concat(fromHex('08000000 00002a00'), arp))).verdict, Verdict.UnsupportedNetwork)
  const part = ip(client.ip, server.ip, 17, 'x'.repeat(8), { fragment: { offset: 0, more: true } })
  assert.equal(decode(inIp(4, part)).verdict, Verdict.Fragment)
})

test('tunnels in tunnels end', () => {
  let packet: Uint8Array = inner
  for (let depth = 0; depth < 60; depth++) packet = ip('192.0.2.1', '192.0.2.2', 4, packet)
  assert.equal(decode(ethernet(packet)).verdict, Verdict.Malformed)
})

test('spoiled tunnels: no throw, ranges within the record', () => {
  for (let seed = 1; seed <= 3000; seed++) {
    const random = seededRandom(seed)
    const bytes = TUNNELS[seed % TUNNELS.length]![1].slice()
    for (let count = 0; count < 1 + random() * 4; count++) {
      bytes[14 + Math.floor(random() * (bytes.length - 14))] = Math.floor(random() * 256)
    }
    const { start, end, payloadStart, payloadEnd, payloadLength } = decode(bytes)
    assert.ok(start <= payloadStart && payloadStart <= payloadEnd && payloadEnd <= end, `seed ${seed}`)
    assert.ok(payloadLength >= payloadEnd - payloadStart, `seed ${seed}`)
  }
})
