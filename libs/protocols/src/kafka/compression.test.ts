import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'

import { fromHex } from '@hindwire/bytes/hex.ts'
import * as fc from 'fast-check'

import { decompress } from './compression.ts'
import { MAX_DECOMPRESSED_BYTES } from './limits.ts'

const text = (bytes: Uint8Array | null): string | null => (bytes === null ? null : Buffer.from(bytes).toString())

test('gzip and zstd, whole, cut and as bombs', () => {
  const content = Buffer.from('a record '.repeat(40))
  for (const [name, packed] of [
    ['gzip', gzipSync(content)],
    ['zstd', zstdCompressSync(content)],
  ] as const) {
    assert.equal(text(decompress(name, packed)), content.toString())
    assert.doesNotThrow(() => decompress(name, packed.subarray(0, packed.length - 6)))
    assert.equal(decompress(name, Buffer.from('no such thing')), null)
  }
  const bomb = decompress('gzip', gzipSync(Buffer.alloc(8 * MAX_DECOMPRESSED_BYTES)))
  assert.ok(bomb !== null && bomb.length <= MAX_DECOMPRESSED_BYTES)
})

test('snappy: literal and overlapping copy, raw and framed', () => {
  // length 10, literal "ab", copy of 8 from 2 back.
  const block = '0a 04 6162 11 02'
  assert.equal(text(decompress('snappy', fromHex(block))), 'ababababab')
  const framed = `82534e4150505900 00000001 00000001 00000006 ${block} 00000006 ${block}`
  assert.equal(text(decompress('snappy', fromHex(framed))), 'ababababababababab'.padEnd(20, 'ab'))
  assert.equal(decompress('snappy', fromHex('0a 04 6162 11 03')), null, 'a copy from before the beginning')
})

test('lz4: literals, overlapping match, stored block', () => {
  // token: 2 literals, match of 8; offset 2; then 5 literals.
  const frame = '04224d18 60 40 82 0b000000 24 6162 0200 50 6364656667 05000080 7879 7a7a7a 00000000'
  assert.equal(text(decompress('lz4', fromHex(frame))), 'abababababcdefgxyzzz')
  assert.equal(decompress('lz4', fromHex('04224d18 60 40 82 05000000 24 6162 0900')), null)
})

test('any bytes: nothing thrown, bounded output', () => {
  const magics = [[], [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82], [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]]
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), fc.constantFrom(...magics), (bytes, magic) => {
      for (const name of ['gzip', 'snappy', 'lz4', 'zstd', 'UNKNOWN(5)']) {
        const output = decompress(name, Buffer.from([...magic, ...bytes]))
        assert.ok((output?.length ?? 0) <= MAX_DECOMPRESSED_BYTES)
      }
    }),
    { seed: 9092 },
  )
})
