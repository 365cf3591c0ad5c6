import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fromHex } from '@hindwire/bytes/hex.ts'
import * as fc from 'fast-check'

import { MAX_DATA_CHARS } from './limits.ts'
import { recordText } from './record-text.ts'
import { name } from './testdata/build-message.ts'

const text = (type: number, hex: string): string => {
  const bytes = fromHex('00'.repeat(12) + hex)
  return recordText(bytes, type, 12, bytes.length)
}

const host = name('a.example')

/** Type, data, presentation form. */
const cases: readonly (readonly [string, number, string, string])[] = [
  ['A', 1, 'c0000201', '192.0.2.1'],
  ['AAAA', 28, '20010db8000000000000000000000001', '2001:db8::1'],
  ['NS', 2, host, 'a.example'],
  ['SOA', 6, `${host}${host}00000001000000020000000300000004ffffffff`, 'a.example a.example 1 2 3 4 4294967295'],
  ['WKS', 11, 'c00002010600000040', '192.0.2.1 6 25'],
  ['HINFO', 13, '02504304554e4958', '"PC" "UNIX"'],
  ['MX', 15, `000a${host}`, '10 a.example'],
  ['TXT', 16, '0361226200', '"a\\"b" ""'],
  ['SRV', 33, `0001000213c4${host}`, '1 2 5060 a.example'],
  ['NAPTR', 35, `000a00640155074532552b7369700000`, '10 100 "U" "E2U+sip" "" .'],
  ['LOC', 29, '00123456 80000000 80000000 00989680', '0 0 0.000 N 0 0 0.000 E 0.00m 1m 300m 50000m'],
  ['DS', 43, '0001 08 02 abcd', '1 8 2 ABCD'],
  ['SSHFP', 44, '0402abcd', '4 2 abcd'],
  [
    'RRSIG',
    46,
    `0001 0d 02 00000e10 65920080 65920080 3039 ${host} dead`,
    'A 13 2 3600 20240101000000 20240101000000 12345 a.example 3q0=',
  ],
  ['NSEC', 47, `${host}0006400000000003`, 'a.example A RRSIG NSEC'],
  ['DNSKEY', 48, '0101 03 0d dead', '257 3 13 3q0='],
  ['NSEC3', 50, '01000001 02 abcd 05 0102030405 000140', '1 0 1 abcd 04106105 A'],
  ['TLSA', 52, '030101abcd', '3 1 1 abcd'],
  ['SVCB', 64, `0001${host}`, '1 a.example'],
  [
    'HTTPS',
    65,
    '000100 0001000602683202683300030002 01bb 00040004c0000201',
    '1 . alpn=h2,h3 port=443 ipv4hint=192.0.2.1',
  ],
  ['HTTPS, bad port', 65, '000100 0003000101', '1 . port="\\001"'],
  ['URI', 256, '000a0001 68747470733a2f2f612e6578616d706c65', '10 1 "https://a.example"'],
  ['CAA', 257, '00 05 6973737565 63612e6578616d706c65', '0 issue "ca.example"'],
  ['unknown', 65280, 'abcd', '\\# 2 abcd'],
  ['empty', 16, '', '\\# 0'],
  ['A of five bytes', 1, 'c000020100', '\\# 5 c000020100'],
  ['MX behind its end', 15, '000a05', '\\# 3 000a05'],
  ['TKEY without its key', 249, `${host}00000001000000020003000000020bad0000`, 'a.example 1 2 3 NOERROR 2 0'],
]

for (const [title, type, hex, expected] of cases)
  test(`data of ${title}`, () => assert.equal(text(type, hex), expected))

test('long data is cut', () => {
  assert.ok(text(16, `ff${'61'.repeat(255)}`.repeat(40)).length <= MAX_DATA_CHARS + 300)
  assert.ok(text(65280, 'ab'.repeat(60_000)).length <= MAX_DATA_CHARS + 1)
})

test('any data of any type gives a bounded text', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 300 }), fc.uint8Array({ maxLength: 300 }), (type, data) => {
      const bytes = new Uint8Array(12 + data.length)
      bytes.set(data, 12)
      assert.ok(recordText(bytes, type, 12, bytes.length).length <= MAX_DATA_CHARS + 1)
    }),
    { seed: 53, numRuns: 3000 },
  )
})
