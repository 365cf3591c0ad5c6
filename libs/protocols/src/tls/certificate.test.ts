import assert from 'node:assert/strict'
import { test } from 'node:test'

import { assert as check, nat, property } from 'fast-check'

import { readCertificates } from './certificate.ts'

const der = (tag: number, ...parts: readonly (readonly number[])[]): number[] => {
  const body = parts.flat()
  return body.length < 128 ? [tag, body.length, ...body] : [tag, 0x82, body.length >> 8, body.length & 0xff, ...body]
}
const text = (tag: number, value: string): number[] => der(tag, [...Buffer.from(value)])
const attribute = (last: number, value: string): number[] =>
  der(0x31, der(0x30, der(6, [0x55, 4, last]), text(0x0c, value)))

function certificate(): number[] {
  const subject = der(0x30, attribute(6, 'XX'), attribute(10, 'Example, Inc.'), attribute(3, 'a.test'))
  const names = der(0x30, text(0x82, 'a.test'), der(0x87, [192, 0, 2, 1]), text(0x86, 'urn:a'))
  const extension = der(0x30, der(6, [0x55, 0x1d, 0x11]), der(1, [0xff]), der(4, names))
  const validity = der(0x30, text(0x17, '991231235959Z'), text(0x18, '20500101000000Z'))
  const tbs = der(
    0x30,
    der(0xa0, der(2, [2])),
    der(2, [1, 0xab]),
    der(0x30),
    der(0x30, attribute(3, 'CA')),
    validity,
    subject,
    der(0x30),
    der(0xa3, der(0x30, extension)),
  )
  return der(0x30, tbs, der(0x30), der(3, [0]))
}

function message(...list: readonly number[][]): Uint8Array {
  const body = list.flatMap((each) => [0, each.length >> 8, each.length & 0xff, ...each])
  return Uint8Array.from([0, body.length >> 8, body.length & 0xff, ...body])
}

test('names, validity and alternative names', () => {
  assert.deepEqual(readCertificates(message(certificate(), certificate()))[1], {
    subject: String.raw`CN=a.test,O=Example\, Inc.,C=XX`,
    issuer: 'CN=CA',
    serial: '01ab',
    not_before: '1999-12-31T23:59:59Z',
    not_after: '2050-01-01T00:00:00Z',
    names: ['a.test', '192.0.2.1', 'urn:a'],
  })
})

test('any bytes: a list, and nothing thrown', () => {
  const whole = message(certificate())
  check(
    property(nat(whole.length - 1), nat(255), nat(whole.length), (at, value, end) => {
      const bytes = whole.slice()
      bytes[at] = value
      assert.ok(readCertificates(bytes.subarray(0, end)).length <= 8)
    }),
    { seed: 7 },
  )
})
