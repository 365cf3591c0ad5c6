import assert from 'node:assert/strict'
import { test } from 'node:test'

import { addressBytes } from './address.ts'
import { chunksOf, prefixes, randomChunks, splits } from './chunkers.ts'
import { checksum, concat, ip, tcp, udp } from './packet-builder.ts'
import { TcpSession } from './tcp-session.ts'

const client = { ip: '10.0.0.1', port: 40000 }
const server = { ip: '10.0.0.2', port: 80 }

test('checksums sum to zero, as a receiver checks them', () => {
  for (const payload of ['', 'odd', 'even']) {
    const packet = ip(client.ip, server.ip, 6, tcp(client, server, { seq: 1, flags: 'PA', payload }))
    assert.equal(checksum(packet.subarray(0, 20)), 0)
    const segment = packet.subarray(20)
    const pseudo = concat(packet.subarray(12, 20), new Uint8Array([0, 6, segment.length >> 8, segment.length & 255]))
    assert.equal(checksum(concat(pseudo, segment)), 0)
  }
  const datagram = udp({ ip: '2001:db8::1', port: 1 }, { ip: '2001:db8::2', port: 2 }, 'hello')
  const pseudo = concat(addressBytes('2001:db8::1'), addressBytes('2001:db8::2'), new Uint8Array([0, 17, 0, 13]))
  assert.equal(checksum(concat(pseudo, datagram)), 0)
})

test('addresses', () => {
  assert.deepEqual(addressBytes('::1'), Uint8Array.from([...Array.from({ length: 15 }, () => 0), 1]))
  assert.deepEqual(addressBytes('2001:db8::').slice(0, 4), new Uint8Array([0x20, 1, 0xd, 0xb8]))
  assert.throws(() => addressBytes('1:2'), RangeError)
  assert.throws(() => addressBytes('1.2.3.256'), RangeError)
})

function sequences(session: TcpSession): number[] {
  return session.frames.map(({ bytes }) => new DataView(bytes.buffer).getUint32(14 + 20 + 4))
}

test('sequence numbers run through handshake, data and end', () => {
  const session = new TcpSession({ mss: 4 }).open().client('0123456789').server('ok').close()
  assert.deepEqual(sequences(session), [1000, 5000, 1001, 1001, 1005, 1009, 5001, 1011, 5003, 1012])
  assert.equal(session.frames[1]!.time - session.frames[0]!.time, 100)
  const timed = new TcpSession({ acks: true }).at(5000).client('a').wait(50).server('b').keepAlive('client').reset()
  assert.deepEqual(
    timed.frames.map(({ time }) => time),
    [5000, 5100, 5250, 5350, 5450, 5550],
  )
})

test('loss, reordering, repetition, one way', () => {
  const session = new TcpSession({ mss: 4 })
  session
    .client('0123456789ab', { order: [1, 0], repeat: [0] })
    .client('xyz', { lose: [0] })
    .client('!')
  assert.deepEqual(sequences(session), [1004, 1000, 1008, 1000, 1015])
  assert.equal(new TcpSession({ only: 'server' }).open().frames.length, 1)
})

test('chunkers give the bytes back', () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, index) => index & 255)
  assert.deepEqual(concat(...randomChunks(bytes, 7)), bytes)
  assert.deepEqual(concat(...chunksOf(bytes, 7)), bytes)
  assert.equal([...prefixes(bytes)].length, 300)
  for (const [left, right] of splits(bytes.subarray(0, 9))) assert.equal(left.length + right.length, 9)
})
