import assert from 'node:assert/strict'
import { test } from 'node:test'

import { formatIp, formatIpv4, formatIpv6 } from './format-ip.ts'
import { Slab, keep } from './keep.ts'

test('IPv4', () => {
  assert.equal(formatIpv4(0xc0a80001), '192.168.0.1')
  assert.equal(formatIp(0, 0, 0xffff, 0xffffffff), '255.255.255.255')
})

test('IPv6 in the short form of RFC 5952', () => {
  assert.equal(formatIp(0x20010db8, 0, 0, 1), '2001:db8::1')
  assert.equal(formatIp(0x20010db8, 0, 0x00010000, 0x00000001), '2001:db8::1:0:0:1')
  assert.equal(formatIp(0x20010db8, 0x00010001, 0x00010000, 0x00010001), '2001:db8:1:1:1:0:1:1')
  assert.equal(formatIp(0, 0, 0, 0), '::')
  assert.equal(formatIp(0, 0, 0, 1), '::1')
  assert.equal(formatIp(0xfe800000, 0, 0, 0), 'fe80::')
  assert.equal(formatIpv6(0x00010002, 0x00030004, 0x00050006, 0x00070008), '1:2:3:4:5:6:7:8')
  assert.equal(formatIpv6(0xabcd0000, 0x00000001, 0, 0xef), 'abcd:0:0:1::ef')
})

test('kept bytes stay when the source is overwritten', () => {
  const source = Uint8Array.from({ length: 100_000 }, (_, index) => index & 255)
  const slab = new Slab()
  const kept: { bytes: Uint8Array; start: number; from: number; length: number }[] = []
  for (let from = 0, length = 0; from + length < source.length; from += 97, length = (length * 7 + 13) % 30_000) {
    const start = slab.copy(source, from, from + length)
    kept.push({ bytes: slab.bytes, start, from, length })
  }
  const original = source.slice()
  source.fill(0)
  for (const { bytes, start, from, length } of kept) {
    assert.deepEqual(bytes.subarray(start, start + length), original.subarray(from, from + length))
  }
})

test('keep copies a range', () => {
  const source = new Uint8Array([1, 2, 3, 4])
  const kept = keep(source, 1, 3)
  source.fill(0)
  assert.deepEqual(kept.bytes.slice(kept.start, kept.end), new Uint8Array([2, 3]))
})
