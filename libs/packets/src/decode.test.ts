import assert from 'node:assert/strict'
import { test } from 'node:test'

import { formatIp } from '@hindwire/bytes/format-ip.ts'
import { fromHex } from '@hindwire/bytes/hex.ts'
import { concat, ethernet, frame, icmp, ip, tcp, tcpFrame, udp, udpFrame } from '@hindwire/testkit/packet-builder.ts'
import { seededRandom } from '@hindwire/testkit/seeded-random.ts'

import { decodePacket } from './decode.ts'
import { Packet, TcpFlag, Verdict } from './packet.ts'

const client = { ip: '10.0.0.1', port: 40000 }
const server = { ip: '10.0.0.2', port: 80 }
const client6 = { ip: '2001:db8::1', port: 40000 }
const server6 = { ip: '2001:db8::2', port: 80 }

/** Decodes a frame that stands in the middle of a larger buffer, so that reading outside of it shows. */
function decode(bytes: Uint8Array, linkType: number | undefined = 1, wireLength = bytes.length): Packet {
  const packet = new Packet()
  packet.bytes = concat(new Uint8Array(7).fill(0x45), bytes, new Uint8Array(64).fill(0x45))
  packet.start = 7
  packet.end = 7 + bytes.length
  packet.wireLength = wireLength
  packet.linkType = linkType
  decodePacket(packet)
  assert.ok(packet.payloadStart <= packet.payloadEnd && packet.payloadEnd <= packet.end)
  assert.ok(packet.payloadLength >= packet.payloadEnd - packet.payloadStart)
  return packet
}

function payload(packet: Packet): string {
  return Buffer.from(packet.bytes.subarray(packet.payloadStart, packet.payloadEnd)).toString()
}

function endpoints(packet: Packet): string {
  const { src0, src1, src2, src3, dst0, dst1, dst2, dst3, srcPort, dstPort } = packet
  return `${formatIp(src0, src1, src2, src3)} ${srcPort} ${formatIp(dst0, dst1, dst2, dst3)} ${dstPort}`
}

const V4 = '10.0.0.1 40000 10.0.0.2 80'
const V6 = '2001:db8::1 40000 2001:db8::2 80'

test('TCP over Ethernet: every field', () => {
  const options = fromHex('020405b4 01030307 0101')
  const fields = { seq: 0xfffffffe, ack: 0x80000001, flags: 'SA', window: 501, options, payload: 'hello' }
  const packet = decode(tcpFrame(client, server, fields))
  assert.equal(packet.verdict, Verdict.Ok)
  assert.equal(packet.ipVersion, 4)
  assert.equal(packet.protocol, 6)
  assert.equal(endpoints(packet), V4)
  assert.equal(packet.seq, 0xfffffffe)
  assert.equal(packet.ack, 0x80000001)
  assert.equal(packet.flags, TcpFlag.Syn | TcpFlag.Ack)
  assert.equal(packet.window, 501)
  assert.equal(packet.optionsEnd - packet.optionsStart, 12)
  assert.equal(payload(packet), 'hello')
  assert.equal(packet.payloadLength, 5)
  assert.equal(packet.vlan, -1)
  assert.equal(packet.tunnel, '')
})

test('every link layer leads to the same packet', () => {
  const v4 = ip(client.ip, server.ip, 6, tcp(client, server, { seq: 1, flags: 'A', payload: 'x' }))
  const v6 = ip(client6.ip, server6.ip, 6, tcp(client6, server6, { seq: 1, flags: 'A', payload: 'x' }))
  const radiotap = fromHex('00 00 0c 00 02000000 20 00 0000')
  const wifi = fromHex('8801 0000 020000000001 020000000002 020000000003 0000 0000 0000 aaaa03 000000 0800')
  const links: [number, Uint8Array, string][] = [
    [0, frame(0, v4), V4],
    [0, frame(0, v6), V6],
    [108, concat(fromHex('00000002'), v4), V4],
    [1, ethernet(v6), V6],
    [1, ethernet(concat(fromHex('aaaa03 000000 0800'), v4), { etherType: 60 }), V4],
    [1, ethernet(concat(fromHex('060603'), v4), { etherType: 60 }), V4],
    [1, ethernet(concat(fromHex('00000100 0800'), v4), { etherType: 0x8926 }), V4],
    [1, ethernet(concat(fromHex('00000100'), ethernet(v4)), { etherType: 0x88e7 }), V4],
    [9, concat(fromHex('ff03 0021'), v4), V4],
    [9, concat(fromHex('57'), v6), V6],
    [9, concat(fromHex('0f00 0800'), v4), V4],
    [12, v4, V4],
    [14, v4, V4],
    [101, v4, V4],
    [101, v6, V6],
    [228, v4, V4],
    [229, v6, V6],
    [104, concat(fromHex('0f00 0800'), v4), V4],
    [50, concat(fromHex('ff03 0021'), v4), V4],
    [100, concat(fromHex('aaaa03 000000 0800'), v4), V4],
    [107, concat(fromHex('1841 03 cc'), v4), V4],
    [107, concat(fromHex('1841 0800'), v4), V4],
    [107, concat(fromHex('1841 03 00 80 000000 86dd'), v6), V6],
    [113, frame(113, v4), V4],
    [113, frame(113, v6), V6],
    [113, concat(fromHex('0000 0001 0006 020000000001 0000 8100 0007 0800'), v4), V4],
    [276, frame(276, v4), V4],
    [105, concat(fromHex('0802 0000 020000000001 020000000002 020000000003 0000 aaaa03 000000 0800'), v4), V4],
    [127, concat(radiotap, wifi, v4), V4],
    [192, concat(fromHex('00 00 0800 01000000'), ethernet(v4)), V4],
    [204, concat(fromHex('00 ff03 0021'), v4), V4],
    [219, concat(fromHex('00010140'), v4), V4],
    [239, concat(fromHex('02 00 0000 0800 0100 00000000'), fromHex('ff00 0900'), v4), V4],
    [258, concat(fromHex('10000000 01000000 0c000000 00000000'), v4), V4],
  ]
  for (const [linkType, bytes, want] of links) {
    const packet = decode(bytes, linkType)
    assert.equal(packet.verdict, Verdict.Ok, `link type ${linkType}`)
    assert.equal(endpoints(packet), want, `link type ${linkType}`)
    assert.equal(payload(packet), 'x', `link type ${linkType}`)
  }
})

test('VLAN tags: the outermost id', () => {
  const packet = ip(client.ip, server.ip, 17, udp(client, server, 'x'))
  assert.equal(decode(ethernet(packet, { vlans: [100, 7] })).vlan, 100)
  assert.equal(decode(ethernet(packet, { vlans: [0] })).vlan, 0)
})

test('Ethernet padding is no payload', () => {
  const packet = decode(
    ethernet(ip(client.ip, server.ip, 6, tcp(client, server, { seq: 1, flags: 'A' })), { padTo: 60 }),
  )
  assert.equal(packet.payloadLength, 0)
  assert.equal(packet.payloadEnd, packet.payloadStart)
})

test('a total length of zero reaches to the end of the frame', () => {
  const bytes = tcpFrame(client, server, { seq: 1, flags: 'A', payload: 'segments to be' })
  bytes.fill(0, 16, 18)
  assert.equal(payload(decode(bytes)), 'segments to be')
  const six = tcpFrame(client6, server6, { seq: 1, flags: 'A', payload: 'segments to be' })
  six.fill(0, 18, 20)
  assert.equal(payload(decode(six)), 'segments to be')
})

test('a cut in the payload leaves the length on the wire', () => {
  const bytes = tcpFrame(client, server, { seq: 1, flags: 'A', payload: 'x'.repeat(1000) })
  const packet = decode(bytes.subarray(0, 96), 1, bytes.length)
  assert.equal(packet.verdict, Verdict.Ok)
  assert.equal(packet.payloadEnd - packet.payloadStart, 96 - 54)
  assert.equal(packet.payloadLength, 1000)
})

test('a cut anywhere in the headers is Truncated', () => {
  for (const [bytes, headers] of [
    [tcpFrame(client, server, { seq: 1, flags: 'S', options: fromHex('020405b4') }), 58],
    [tcpFrame(client6, server6, { seq: 1, flags: 'S' }), 74],
    [udpFrame(client, server, 'x'), 42],
  ] as const) {
    for (let length = 0; length < headers; length++) {
      assert.equal(decode(bytes.subarray(0, length), 1, bytes.length).verdict, Verdict.Truncated, `${length}`)
    }
    assert.equal(decode(bytes.subarray(0, headers), 1, bytes.length).verdict, Verdict.Ok)
  }
})

test('headers that contradict themselves are Malformed', () => {
  const good = tcpFrame(client, server, { seq: 1, flags: 'A', payload: 'x' })
  const cases: Record<string, (bytes: Uint8Array) => unknown> = {
    'no room for an Ethernet header': (bytes) => bytes.fill(0, 0, 14),
    'wrong version': (bytes) => (bytes[14] = 0x65),
    'header length below 20': (bytes) => (bytes[14] = 0x44),
    'total length below the header': (bytes) => bytes.set([0, 19], 16),
    'total length ends in the TCP header': (bytes) => bytes.set([0, 30], 16),
    'data offset below 5': (bytes) => (bytes[46] = 0x40),
    'data offset beyond the datagram': (bytes) => (bytes[46] = 0xf0),
  }
  for (const [name, spoil] of Object.entries(cases)) {
    const bytes = good.slice()
    spoil(bytes)
    const frame = name.startsWith('no room') ? bytes.subarray(0, 9) : bytes
    assert.equal(decode(frame).verdict, Verdict.Malformed, name)
  }
  for (const length of [7, 100]) {
    const datagram = udpFrame(client, server, 'abc')
    datagram.set([0, length], 38)
    assert.equal(decode(datagram).verdict, Verdict.Malformed, `UDP length ${length}`)
  }
})

test('what is not IP has a verdict of its own', () => {
  assert.equal(decode(ethernet(new Uint8Array(28), { etherType: 0x0806 })).verdict, Verdict.UnsupportedNetwork)
  assert.equal(decode(ethernet(new Uint8Array(50), { etherType: 0x88cc })).verdict, Verdict.UnsupportedNetwork)
  assert.equal(decode(ethernet(fromHex('424203 00'), { etherType: 38 })).verdict, Verdict.UnsupportedNetwork)
  assert.equal(decode(new Uint8Array(60), 220).verdict, Verdict.UnsupportedLink)
  assert.equal(decode(new Uint8Array(60), 0xffff).verdict, Verdict.UnsupportedLink)
  const protectedFrame = fromHex('0842 0000 020000000001 020000000002 020000000003 0000 aaaa03 000000 0800')
  assert.equal(decode(protectedFrame, 105).verdict, Verdict.UnsupportedNetwork)
})

test('ICMP and other protocols: all behind the IP header is payload', () => {
  const echo = decode(ethernet(ip(client.ip, server.ip, 1, icmp(client.ip, server.ip, 8, 0, 'ping'))))
  assert.equal(echo.protocol, 1)
  assert.equal(echo.payloadLength, 8)
  assert.equal(echo.srcPort, 0)
  const ospf = decode(ethernet(ip(client.ip, server.ip, 89, 'ospf')))
  assert.equal(ospf.verdict, Verdict.Ok)
  assert.equal(payload(ospf), 'ospf')
})

test('SCTP: ports, and the chunks as payload', () => {
  const packet = decode(
    ethernet(ip(client.ip, server.ip, 132, concat(fromHex('9c40 0050 00000001 00000000'), Buffer.from('chunk')))),
  )
  assert.equal(endpoints(packet), V4)
  assert.equal(payload(packet), 'chunk')
})

test('IPv6 extension headers', () => {
  const segment = tcp(client6, server6, { seq: 1, flags: 'A', payload: 'x' })
  const chain = fromHex(`
    2b 00 0104 00000000
    3c 02 0000 00000000 00000000 00000000 00000000 00000000
    33 00 0000 00000000
    2c 04 0000 00000001 00000001 00000000 00000000 00000000
    06 00 0000 00000007`)
  const packet = decode(ethernet(ip(client6.ip, server6.ip, 0, segment, { options: chain })))
  assert.equal(packet.verdict, Verdict.Ok)
  assert.equal(endpoints(packet), V6)
  assert.equal(payload(packet), 'x')
  const endless = ip(client6.ip, server6.ip, 0, fromHex('00 ff 0000 00000000'))
  assert.equal(decode(ethernet(endless)).verdict, Verdict.Malformed)
})

test('fragments say where they belong', () => {
  const v4 = decode(
    ethernet(ip(client.ip, server.ip, 17, 'x'.repeat(16), { id: 77, fragment: { offset: 24, more: true } })),
  )
  assert.equal(v4.verdict, Verdict.Fragment)
  assert.deepEqual([v4.fragmentId, v4.fragmentOffset, v4.moreFragments, v4.payloadLength], [77, 24, true, 16])
  const v6 = decode(ethernet(ip(client6.ip, server6.ip, 17, 'end', { id: 9, fragment: { offset: 8, more: false } })))
  assert.equal(v6.verdict, Verdict.Fragment)
  assert.deepEqual([v6.fragmentId, v6.fragmentOffset, v6.moreFragments, v6.protocol], [9, 8, false, 17])
})

test('a packet leaves nothing behind for the next one', () => {
  const packet = new Packet()
  for (const bytes of [
    ethernet(ip(client.ip, server.ip, 6, tcp(client, server, { seq: 1, flags: 'A', options: fromHex('01010101') })), {
      vlans: [5],
    }),
    ethernet(new Uint8Array(28), { etherType: 0x0806 }),
  ]) {
    packet.bytes = bytes
    packet.end = bytes.length
    packet.wireLength = bytes.length
    packet.linkType = 1
    decodePacket(packet)
  }
  const { vlan, protocol, srcPort, flags, optionsEnd, payloadLength, ipVersion } = packet
  assert.deepEqual([vlan, protocol, srcPort, flags, optionsEnd, payloadLength, ipVersion], [-1, 0, 0, 0, 0, 0, 0])
})

test('any bytes, any link type: no throw, ranges within the record', () => {
  const links = [0, 1, 9, 50, 51, 100, 101, 104, 105, 107, 108, 113, 127, 192, 204, 219, 228, 229, 239, 258, 276]
  const base = tcpFrame(client, server, { seq: 1, flags: 'A', payload: 'x'.repeat(80) })
  for (let seed = 1; seed <= 3000; seed++) {
    const random = seededRandom(seed)
    const bytes = base.slice(0, Math.floor(random() * (base.length + 1)))
    for (let count = 0; count < random() * 10; count++) {
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
    }
    const packet = decode(bytes, links[seed % links.length], bytes.length + Math.floor(random() * 50))
    assert.ok(packet.verdict >= 0 && packet.verdict <= 5, `seed ${seed}`)
    assert.ok(packet.optionsStart <= packet.optionsEnd && packet.optionsEnd <= packet.end, `seed ${seed}`)
  }
})
