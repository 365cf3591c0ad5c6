import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fromHex } from '@hindwire/bytes/hex.ts'

import type { HeaderField } from './header-field.ts'
import { BlockResult, HpackDecoder } from './hpack-decoder.ts'
import { block, checkBlock } from './hpack-syntax.ts'
import { MAX_FIELDS } from './limits.ts'
import { indexed, join, literal, named, sizeUpdate } from './testdata/build-frames.ts'

function decode(decoder: HpackDecoder, bytes: Uint8Array, expected: BlockResult = BlockResult.Whole): string[] {
  const fields: HeaderField[] = []
  assert.equal(decoder.decode(bytes, 0, bytes.length, fields), expected)
  return fields.map((field) => `${field.nameUnknown ? '?' : field.name}: ${field.value}`)
}

const request = [':method: GET', ':scheme: http', ':path: /', ':authority: www.example.com']
const third = [
  ':method: GET',
  ':scheme: https',
  ':path: /index.html',
  ':authority: www.example.com',
  'custom-key: custom-value',
]
const date1 = 'date: Mon, 21 Oct 2013 20:13:21 GMT'
const date2 = 'date: Mon, 21 Oct 2013 20:13:22 GMT'
const location = 'location: https://www.example.com'
const cookie = 'set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1'
const found = [':status: 302', 'cache-control: private', date1, location]

/** Examples of RFC 7541, appendix C: each list is one connection. */
const examples: Record<string, readonly (readonly [hex: string, fields: readonly string[]])[]> = {
  'C.2.1': [['400a637573746f6d2d6b65790d637573746f6d2d686561646572', ['custom-key: custom-header']]],
  'C.2.2': [['040c2f73616d706c652f70617468', [':path: /sample/path']]],
  'C.2.3': [['100870617373776f726406736563726574', ['password: secret']]],
  'C.2.4': [['82', [':method: GET']]],
  'C.3': [
    ['828684410f7777772e6578616d706c652e636f6d', request],
    ['828684be58086e6f2d6361636865', [...request, 'cache-control: no-cache']],
    ['828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565', third],
  ],
  'C.4': [
    ['828684418cf1e3c2e5f23a6ba0ab90f4ff', request],
    ['828684be5886a8eb10649cbf', [...request, 'cache-control: no-cache']],
    ['828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf', third],
  ],
  // The table has room for 256 bytes: entries are evicted.
  'C.5': [
    [
      '3fe101' +
        '4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d54' +
        '6e1768747470733a2f2f7777772e6578616d706c652e636f6d',
      found,
    ],
    ['4803333037c1c0bf', [':status: 307', 'cache-control: private', date1, location]],
    [
      '88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f' +
        '5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31',
      [':status: 200', 'cache-control: private', date2, location, 'content-encoding: gzip', cookie],
    ],
  ],
  'C.6': [
    [
      '3fe101488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3',
      found,
    ],
    ['4883640effc1c0bf', [':status: 307', 'cache-control: private', date1, location]],
    [
      '88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672' +
        'c1ab270fb5291f9587316065c003ed4ee5b1063d5007',
      [':status: 200', 'cache-control: private', date2, location, 'content-encoding: gzip', cookie],
    ],
  ],
}

for (const [name, blocks] of Object.entries(examples)) {
  test(`RFC 7541 ${name}`, () => {
    const decoder = new HpackDecoder()
    for (const [hex, fields] of blocks) {
      const bytes = fromHex(hex)
      assert.deepEqual(decode(decoder, bytes), fields)
      assert.ok(checkBlock(bytes, 0, bytes.length) && !block.cut)
      assert.equal(block.fields, fields.length)
    }
  })
}

test('late join: entries from before are unknown, later ones and static ones resolve', () => {
  const decoder = new HpackDecoder()
  decoder.forget()
  const first = join(indexed(2), indexed(70), named(65, '/shop/cart'), literal('x-new', 'one'))
  assert.deepEqual(decode(decoder, first, BlockResult.Incomplete), [
    ':method: GET',
    '?: ',
    '?: /shop/cart',
    'x-new: one',
  ])
  assert.deepEqual(decode(decoder, join(indexed(62), indexed(64)), BlockResult.Incomplete), ['x-new: one', '?: '])
  assert.deepEqual(decode(decoder, indexed(62)), ['x-new: one'])
})

test('table size changes evict, and a table of no size holds nothing', () => {
  const decoder = new HpackDecoder()
  decode(decoder, join(literal('a', '1'), literal('b', '2')))
  decode(decoder, join(sizeUpdate(34), indexed(62)))
  decode(decoder, indexed(63), BlockResult.Incomplete)
  decode(decoder, join(sizeUpdate(0), sizeUpdate(4096), literal('c', '3'), indexed(62)))
  decode(decoder, indexed(63), BlockResult.Incomplete)
  for (let n = 0; n < 1000; n++) decode(decoder, literal(`name-${n}`, String(n)))
  assert.deepEqual(decode(decoder, indexed(62 + 50)), ['name-949: 949'])
  decode(decoder, indexed(62 + 120), BlockResult.Incomplete)
})

test('broken blocks: index 0, endless integer, cut string, EOS and bad padding in Huffman', () => {
  const broken = ['80', '7fffffffffffff7f', '400a6375', '0082ffff', '0081ff', '008108', '40']
  for (const hex of broken) decode(new HpackDecoder(), fromHex(hex), BlockResult.Broken)
})

test('more fields than the limit, and a bomb of one long entry, are cut', () => {
  const many = new Uint8Array(MAX_FIELDS + 1).fill(0x82)
  assert.equal(decode(new HpackDecoder(), many, BlockResult.Incomplete).length, MAX_FIELDS)
  const bomb = join(literal('x', 'v'.repeat(4000)), new Uint8Array(2000).fill(0xbe))
  assert.ok(decode(new HpackDecoder(), bomb, BlockResult.Incomplete).length < 300)
})

test('any bytes: no exception, and the same answer from a reused decoder', () => {
  let seed = 11
  const random = (below: number): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) % below
  const decoder = new HpackDecoder()
  for (let n = 0; n < 3000; n++) {
    const bytes = Uint8Array.from({ length: random(60) }, () => random(256))
    decoder.decode(bytes, 0, bytes.length, [])
    checkBlock(bytes, 0, bytes.length)
  }
})
