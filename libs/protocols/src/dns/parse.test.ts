import assert from 'node:assert/strict'
import { test } from 'node:test'

import { fromHex } from '@hindwire/bytes/hex.ts'

import { nameText } from './name.ts'
import { parseMessage } from './parse.ts'
import { answer, message, name, query, question, record } from './testdata/build-message.ts'
import type { DnsMessage } from './types.ts'

function firstName(parsed: DnsMessage, n = 0): string | null {
  const { at } = parsed.sections
  return nameText(parsed.bytes, at[2 * n] ?? 0, at[2 * n + 1] ?? 0)
}

test('sections of a query and of an answer', () => {
  const asked = parseMessage(query, 'dns')
  assert.equal(asked.isResponse, false)
  assert.equal(asked.partial, '')
  assert.equal(firstName(asked), 'www.example.com')
  const answered = parseMessage(answer, 'dns')
  assert.equal(answered.isResponse, true)
  assert.deepEqual([answered.sections.questions, answered.sections.answers], [1, 3])
  assert.equal(firstName(answered, 1), 'www.example.com')
  assert.equal(answered.id, asked.id)
})

function key(owner: string, type: number): number {
  return parseMessage(message({ questions: [question(owner, type)] }), 'dns').id
}

test('the pairing key ignores letter case but not the type', () => {
  assert.equal(key('wWw.ExAmPlE.cOm', 1), parseMessage(query, 'dns').id)
  assert.notEqual(key('www.example.com', 28), parseMessage(query, 'dns').id)
})

test('many questions', () => {
  const parsed = parseMessage(message({ questions: [question('a.example', 1), question('b.@14', 28)] }), 'dns')
  assert.equal(parsed.partial, '')
  assert.equal(firstName(parsed, 1), 'b.example')
})

test('pointer loops and forward pointers are refused', () => {
  for (const owner of ['@12', 'a.@12', '@13', '@40', '@0']) {
    const parsed = parseMessage(message({ questions: [question(owner, 1)] }), 'dns')
    assert.match(parsed.partial, /bad name of question 1/, owner)
    assert.equal(parsed.sections.questions, 0)
  }
})

test('a pointer in record data may go back, never forward', () => {
  const parsed = parseMessage(
    message({ flags: 0x8180, questions: [question('example.com', 5)], answers: [record('@12', 5, name('@60'))] }),
    'dns',
  )
  assert.equal(parsed.partial, '')
  const behind = parsed.sections.at[3] ?? 0
  assert.equal(nameText(parsed.bytes, behind + 10, parsed.bytes.length), null)
})

test('labels of 63 bytes, names of 255 bytes, and one past them', () => {
  const label = 'a'.repeat(63)
  const longest = [label, label, label, 'a'.repeat(61)].join('.')
  assert.equal(parseMessage(message({ questions: [question(longest, 1)] }), 'dns').partial, '')
  assert.equal(firstName(parseMessage(message({ questions: [question(longest, 1)] }), 'dns')), longest)
  assert.match(parseMessage(message({ questions: [question(`${longest}a`, 1)] }), 'dns').partial, /bad name/)
  assert.match(parseMessage(message({ questions: [question('a'.repeat(64), 1)] }), 'dns').partial, /bad name/)
})

test('a name that grows beyond 255 bytes through pointers has no text', () => {
  const label = 'a'.repeat(63)
  const long = [label, label, label].join('.')
  const parsed = parseMessage(message({ questions: [question(long, 1), question(`${label}.@12`, 1)] }), 'dns')
  assert.equal(firstName(parsed), long)
  assert.equal(firstName(parsed, 1), null)
})

function textOf(labels: string): string | null {
  return firstName(parseMessage(message({ questions: [`${labels}00000c0001`] }), 'mdns'))
}

test('names with dots, controls and bytes that are not UTF-8 are escaped', () => {
  assert.equal(textOf('03612e62'), 'a\\.b')
  assert.equal(textOf('0361005c'), 'a\\000\\\\')
  assert.equal(textOf('02ff41056c6f63616c'), '\\255A.local')
  assert.equal(textOf('05426fe28099056c6f63616c'), 'Bo’.local')
  assert.equal(textOf(''), '.')
})

test('what is behind a cut or a lie about counts is marked', () => {
  assert.match(parseMessage(answer.slice(0, -3), 'dns').partial, /record 3 is cut/)
  assert.equal(parseMessage(answer.slice(0, -3), 'dns').sections.answers, 2)
  assert.match(parseMessage(fromHex('123401000002000000000000'), 'dns').partial, /ends before question 1/)
  assert.match(parseMessage(fromHex(`${Buffer.from(query).toString('hex')}00`), 'dns').partial, /1 bytes behind/)
})
