import assert from 'node:assert/strict'
import { test } from 'node:test'

import { ByteReader } from './byte-reader.ts'

const bytes = Uint8Array.from({ length: 16 }, (_, index) => index + 0xf0)

test('reads every width in both byte orders', () => {
  const reader = new ByteReader(bytes)
  assert.equal(reader.u8(), 0xf0)
  assert.equal(reader.u16(), 0xf1f2)
  assert.equal(reader.u24(), 0xf3f4f5)
  assert.equal(reader.u32(), 0xf6f7f8f9)
  assert.equal(reader.u16le(), 0xfbfa)
  assert.equal(reader.u32le(), 0xfffefdfc)
  assert.equal(reader.remaining, 0)
  assert.equal(reader.overrun, false)
})

test('reads 64 bit in both byte orders', () => {
  const small = new Uint8Array([0, 0, 0, 1, 0, 0, 0, 2, 2, 0, 0, 0, 1, 0, 0, 0])
  const reader = new ByteReader(small)
  assert.equal(reader.u64(), 0x1_0000_0002)
  assert.equal(reader.u64le(), 0x1_0000_0002)
})

test('stays within its range although the array goes on', () => {
  const reader = new ByteReader(bytes, 2, 5)
  assert.equal(reader.peek(2), 0xf4)
  assert.equal(reader.peek(3), -1)
  assert.equal(reader.peek(-1), -1)
  assert.equal(reader.u32(), 0)
  assert.equal(reader.overrun, true)
  assert.equal(reader.position, 2)
  assert.equal(reader.u24(), 0xf2f3f4)
  assert.equal(reader.u8(), 0)
})

test('cuts a range that the array does not hold', () => {
  const reader = new ByteReader(bytes, 20, 40)
  assert.equal(reader.remaining, 0)
  assert.equal(reader.take(1), -1)
  reader.reset(bytes, 15, 99)
  assert.equal(reader.u8(), 0xff)
  assert.equal(reader.overrun, false)
  assert.equal(reader.take(-1), -1)
  assert.equal(reader.overrun, true)
})
