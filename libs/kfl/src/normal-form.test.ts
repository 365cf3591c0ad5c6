import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'

import { compile, understand } from './compile.ts'
import { quote } from './print-kfl.ts'
import { catalogue, now } from './testing/catalogue.ts'
import { databaseCases } from './testing/database-cases.ts'
import { expressions } from './testing/expressions.ts'
import { leaves } from './testing/rows.ts'

const seed = Number(process.argv.find((arg) => arg.startsWith('--seed='))?.slice(7) ?? 20_260_314)

function normal(source: string): string {
  const result = understand(source, catalogue, { now })
  if (!result.ok) throw new Error(`${source}: ${result.errors[0]?.message}`)
  return result.normal
}

const loose: readonly (readonly [string, string])[] = [
  ['http and dns', 'http && dns'],
  ['http AND dns Or redis', 'http && dns || redis'],
  ['http or dns and redis', 'http || dns && redis'],
  ['(http or dns) and redis', '(http || dns) && redis'],
  ['not http', '!http'],
  ['NOT not http', '!!http'],
  ['not http and dns', '!http && dns'],
  ['not path contains "x"', '!path.contains("x")'],
  ['not status_code == 200', '!(status_code == 200)'],
  ['path contains "y"', 'path.contains("y")'],
  ['path startsWith "y" or path ENDSWITH "z"', 'path.startsWith("y") || path.endsWith("z")'],
  ['path matches "y.*"', 'path.matches("y.*")'],
  ['path contains "a" + "b"', 'path.contains("a" + "b")'],
  ['path == r"/a.*"', 'path.matches("^(?:/a.*)$")'],
  ['path != r"/a|/b"', '!path.matches("^(?:/a|/b)$")'],
  ['method in {"GET", "PUT"}', 'method in ["GET", "PUT"]'],
  ['method not in {"GET"}', '!(method in ["GET"])'],
  ['path.exists()', 'path != ""'],
  ['status_code.exists()', 'status_code != 0'],
  ['grpc_status.exists()', 'grpc_status != -1'],
  ['dns_questions.exists()', 'size(dns_questions) > 0'],
  ['request.headers.exists()', 'size(request.headers) > 0'],
  ['http.exists()', 'http'],
  ['request.headers["X"].exists()', 'request.headers["x"] != ""'],
  ['status == 200', 'status_code == 200'],
  ['response.status == 200', 'status_code == 200'],
  ['response.status.code == 0', '(grpc ? grpc_status : status_code) == 0'],
  ['response.code == "NXDOMAIN"', 'dns_rcode == "NXDOMAIN"'],
  ['response.latency > 1000', 'double(elapsed_time) / 1000.0 > 1000'],
  ['latency_ms > 1', 'double(elapsed_time) / 1000.0 > 1'],
  ['request.path == "/"', 'path == "/"'],
  ['request.method == "GET"', 'method == "GET"'],
  ['request.url contains "x"', 'url.contains("x")'],
  ['request.query["x"] == "1"', 'query_string["x"] == "1"'],
  ['request.body contains "x"', 'request_body.contains("x")'],
  ['response.body contains "x"', 'response_body.contains("x")'],
  ['src.ns == "a" && dst.ns == "b"', 'src.namespace == "a" && dst.namespace == "b"'],
  ['src.svc == "a"', 'src.service.name == "a"'],
  ['dst.node == "a"', 'dst.node == "a"'],
  ['src.pod == "a" && src.pod.name == "a"', 'src.pod.name == "a" && src.pod.name == "a"'],
  ['node.name == "a" || node["ip"] == "b"', 'node_name == "a" || node_ip == "b"'],
  ['node["name"] == "a"', 'node_name == "a"'],
  ['proto == "HTTP"', 'protocol == "http"'],
  ['proto in {"DNS"}', 'protocol in ["dns"]'],
  ['proto == r"H.*"', 'protocol.matches("^(?:(?i)H.*)$")'],
  ['request.headers["Content-Type"] == "a"', 'request.headers["content-type"] == "a"'],
  ['request.headers.Host == "a"', 'request.headers["host"] == "a"'],
  ['has(request.headers.Host)', 'has(request.headers.host)'],
  ['has(request.headers["X-Id"])', '"x-id" in request.headers'],
  ['has(path)', 'path != ""'],
  ['http # comment', 'http'],
  ['((http))', 'http'],
  ['http && (dns && redis)', 'http && dns && redis'],
  ['status_code - (1 - 2) == 0', 'status_code - (1 - 2) == 0'],
  ['(status_code - 1) - 2 == 0', 'status_code - 1 - 2 == 0'],
  ['-(-status_code) == 1', '--status_code == 1'],
  ['(http ? dns : redis) ? true : false', '(http ? dns : redis) ? true : false'],
  ['(http == dns) == redis', 'http == dns == redis'],
  ['http == (dns == redis)', 'http == (dns == redis)'],
  ['dns_questions.exists(src, src == "a")', 'dns_questions.exists(src, src == "a")'],
  ['dns_questions.exists(status, status == "a")', 'dns_questions.exists(status, status == "a")'],
]

test('the looser spelling and what it means', () => {
  for (const [source, meaning] of loose) assert.equal(normal(source), meaning, source)
})

test('a stray parenthesis in a full match is an error, not another pattern', () => {
  const result = compile('path == r"a)|(b"', catalogue, { now })
  assert.ok(!result.ok)
  assert.equal(result.errors[0]?.code, 'bad_regex')
})

test(`the normal form is its own normal form (--seed=${seed})`, () => {
  for (const [source] of loose) assert.equal(normal(normal(source)), normal(source))
  for (const source of databaseCases) assert.equal(normal(normal(source)), normal(source))
  for (const depth of [1, 3, 5]) {
    for (const source of fc.sample(expressions(leaves, depth), { seed, numRuns: 150 })) {
      const once = normal(source)
      assert.equal(normal(once), once)
    }
  }
})

test('any text is written so that it is read back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const source = `path == ${quote(text)}`
      assert.equal(normal(source), source)
    }),
  )
})

const punctuation = [
  '"',
  "'",
  '(',
  ')',
  '&&',
  '==',
  'in',
  '{',
  '}',
  '[',
  ']',
  ',',
  '.',
  '?',
  ':',
  '!',
  '-',
  'r"',
  'not',
  'contains',
]
const words = [
  'http',
  'path',
  'status_code',
  '1',
  '"a"',
  'request.headers',
  'exists',
  'x',
  'src',
  'proto',
  'timestamp',
  'has',
  'null',
  '1.0',
  'b"a"',
]

test(`any words in any order are understood or refused, without an exception (--seed=${seed})`, () => {
  const sources = fc.array(fc.constantFrom(...punctuation, ...words), { maxLength: 14 }).map((parts) => parts.join(' '))
  fc.assert(
    fc.property(sources, (source) => {
      const result = compile(source, catalogue, { now })
      if (result.ok) return
      for (const error of result.errors) {
        assert.ok(error.start >= 0 && error.end <= source.length && error.start <= error.end, JSON.stringify(error))
      }
    }),
    { seed, numRuns: 3000 },
  )
})
