import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'

import { compile } from './compile.ts'
import { quote } from './print-kfl.ts'
import { catalogue, now } from './testing/catalogue.ts'

const seed = Number(process.argv.find((arg) => arg.startsWith('--seed='))?.slice(7) ?? 20_260_314)

function sql(source: string) {
  const result = compile(source, catalogue, { now })
  if (!result.ok) throw new Error(`${source}: ${result.errors[0]?.message}`)
  return result.sql
}

/** The text with its parameters put in, to be read. */
function filled(source: string): string {
  const { text, params } = sql(source)
  return text.replaceAll(/\{(p\d+):[^}]*\}/g, (_, name: string) => JSON.stringify(params[name]))
}

const printed: readonly (readonly [string, string])[] = [
  ['redis_key == "a"', '(protocol = "redis" AND (path = "a"))'],
  // Guards: once in front, left out where something already says it.
  ['redis and redis_key == "a"', 'protocol = "redis" AND (path = "a")'],
  ['http and status_code >= 400', 'protocol IN ["http","grpc"] AND (status_code >= 400)'],
  ['protocol == "dns" && status_code != 0', 'protocol = "dns" AND (status_code != 0)'],
  ['method == "GET" && path == "/"', 'protocol IN ["http","http2","grpc"] AND (method = "GET") AND (path = "/")'],
  ['redis && dns', 'false'],
  ['status_code == 0', '(NOT (protocol IN ["http","http2","grpc","dns","mdns"]) OR (status_code = 0))'],
  ['grpc_status == -1', '(NOT (protocol = "grpc") OR (status_code = -1))'],
  ['(redis || dns) && status_code == 200', 'protocol = "dns" AND (status_code = 200)'],
  // No guard for columns of one protocol alone, nor for common variables.
  ['"a" in dns_questions', 'has(questions, "a")'],
  ['src.ip == "10.0.0.1"', '(src_ip = "10.0.0.1")'],
  // Forms that indexes understand.
  ['timestamp > timestamp("2026-03-14T22:00:00Z")', "(ts > fromUnixTimestamp64Micro(1773525600000000, 'UTC'))"],
  ['dst.port in [80, 8080]', '(dst_port IN [80,8080])'],
  ['http && path.contains("50%_")', String.raw`protocol IN ["http","grpc"] AND (path LIKE "%50\\%\\_%")`],
  ['http && path.startsWith("/a")', 'protocol IN ["http","grpc"] AND startsWith(path, "/a")'],
  ['http && request.headers["Host"] == "a"', 'protocol IN ["http","grpc"] AND (request_headers["host"] = "a")'],
  ['id == "worker-1/204/3"', '(node = "worker-1" AND flow = "204" AND index = "3")'],
  // An error matches nothing, and does not spoil the rest.
  [
    '1 / src.port == 0',
    "ifNull((accurateCastOrNull(intDivOrNull(toInt128(1), toInt128(toInt64(src_port))), 'Int64') = 0), false)",
  ],
  ['1 / 0 == 1', 'ifNull(NULL, false)'],
  ['1 / 0 == 1 || true', 'true'],
  ['2 + 2 == 4 && tcp', '(transport = "tcp")'],
]

test('SQL of chosen filters', () => {
  for (const [source, text] of printed) assert.equal(filled(source), text, source)
})

test(`no value of a filter is in its SQL (--seed=${seed})`, () => {
  // Marked, so that they cannot be found by accident in names of columns and functions.
  const texts = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).map((text) => `§${text}§`)
  const numbers = fc.integer({ min: 1_000_003, max: 2_000_000_000 })
  const property = fc.property(texts, numbers, (text, number) => {
    const t = quote(text)
    const sources = [
      `path == ${t} || path.contains(${t}) || path.startsWith(${t}) || method in [${t}, "a"]`,
      `request.headers[${t}] == ${t} && ${t} in request.headers && map_get(query_string, ${t}, ${t}) != ${t}`,
      `path.replace(${t}, ${t}) == path + ${t} || path.split(${t}).size() == ${number} || query_string == {${t}: ${t}}`,
      `path.indexOf(${t}) > ${number} || status_code + ${number} == ${number} || status_code in [${number}]`,
      `dns_questions.exists(x, x == ${t}) || dns_questions[${number}] == ${t} || redis_ratio > ${number}.5`,
      `conn_id == ${number}u || timestamp > timestamp("2026-03-14T22:00:00Z") - duration("${number}s")`,
    ]
    for (const source of sources) {
      const { text: query } = sql(source)
      assert.ok(!query.includes('§'), query)
      assert.ok(!query.includes(String(number)), query)
      // Nothing but words, numbers of templates, operators, placeholders and constant texts of templates.
      assert.match(query, /^[\w\s(),.=<>!+*/%:{}[\]'\\^$?;|-]*$/)
    }
  })
  fc.assert(property, { seed })
})

test('the same filter gives the same SQL and the same numbers', () => {
  const source = 'path == "a" && method == "b" && (status_code == 1 || path == "a")'
  assert.deepEqual(sql(source), sql(source))
  assert.equal(Object.values(sql(source).params).filter((value) => value === 'a').length, 1)
})

test('SQL does not grow with nesting', () => {
  let source = 'path'
  for (let i = 0; i < 20; i++) source = `${source}.substring(1)`
  assert.ok(sql(`${source} == ""`).text.length < 4000)
  let sum = 'status_code'
  for (let i = 0; i < 20; i++) sum = `(${sum} % 7)`
  assert.ok(sql(`${sum} == 1`).text.length < 8000)
})
