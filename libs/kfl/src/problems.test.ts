import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { compile } from './compile.ts'
import { caretView } from './problem.ts'
import { catalogue, now } from './testing/catalogue.ts'

/** Filters that people and assistants write wrongly. What each is told stands in testdata/problems.txt. */
const bad: readonly string[] = [
  // Names
  'statuscode == 200',
  'status_cod == 200',
  'http.method == "GET"',
  'request.header["host"] == "a"',
  'src.pdo.name == "a"',
  'method == GET',
  'protocol == http && foo',
  'dns_question == "a"',
  'x.y.z == 1',
  // Types
  'status_code == "200"',
  '"200" == status_code',
  'status_code > "400"',
  'method == 5',
  'http == "true"',
  'dns_response == 1',
  'timestamp > "2026-03-14T22:00:00Z"',
  'timestamp > "2026-03-14"',
  'timestamp > 1769998106100',
  'elapsed_time > duration("5s")',
  'now() - timestamp < "5m"',
  'dns_questions == "example.com"',
  'dns_questions != "example.com"',
  'status_code == [200, 404]',
  'request.headers == "host"',
  'request.headers < request.headers',
  '"x" in path',
  '200 in path',
  '200 in dns_questions',
  'status_code in ["200"]',
  'request.headers[0] == "a"',
  'dns_questions["a"] == "b"',
  'path[0] == "/"',
  'path.foo == 1',
  'status_code && http',
  'http && path',
  'http || status_code = 200',
  '!path',
  '!status_code',
  'http ? 1 : "a"',
  'status_code + 1.5 > 2.0',
  'redis_ratio * status_code > 1.0',
  'path - "a" == ""',
  'status_code',
  'path',
  'dns_questions',
  'timestamp',
  '"text"',
  // Functions
  'path.containz("a")',
  'path.includes("a")',
  'contains(path, "a")',
  'path.ip_in("10.0.0.0/8")',
  'path.contains(5)',
  'status_code.contains("2")',
  'dns_questions.contains("a")',
  'path.toString() == "a"',
  'path.constructor(path, path)',
  '__proto__ == 1',
  'len(path) > 3',
  'path.isEmpty()',
  'path.toLowerCase() == "a"',
  'cidr(src.ip, "10.0.0.0/8")',
  'dns_questions.exists(q)',
  'dns_questions.exists("q", true)',
  'path.exists(c, c == "a")',
  'dns_questions.all(q, q)',
  'has(path, 1)',
  'has(1)',
  // Literals that functions need
  'path.matches("(")',
  'path == r"[a-"',
  'path.matches("(?=x)")',
  'path.matches(method)',
  'ip_in(src.ip, "10.0.0.0/33")',
  'ip_in(src.ip, dst.ip)',
  'timestamp > timestamp("2026-03-14 22:00")',
  'timestamp > timestamp("2026-02-30T00:00:00Z")',
  'now() - timestamp < duration("5 minutes")',
  'timestamp.getHours("Mars/Olympus") == 1',
  // Syntax
  'status_code = 200',
  'status_code === 200',
  'http &',
  'http && ',
  '&& http',
  '(http',
  'http)',
  'method == "GET',
  'method == “GET”',
  "method == 'it's'",
  String.raw`path == "\d"`,
  String.raw`path == "\ud800"`,
  'status_code == 2xx',
  'status_code == 99999999999999999999',
  'status_code == 1e999',
  'http dns',
  'method "GET"',
  'status_code in [200, 404',
  '{"a": 1, "b"}',
  'Request{path: "a"}',
  'path.',
  'for == 1',
  'http ; dns',
  '\n\nhttp and\n  statuscode == 200',
]

test('what people are told about filters that do not compile', (t) => {
  const views = bad.map((source) => {
    const result = compile(source, catalogue, { now })
    if (result.ok) return `${source}\nIS ACCEPTED`
    return result.errors.map((e) => `[${e.code}] ${caretView(source, e)}`).join('\n')
  })
  t.assert.fileSnapshot(views.join('\n\n'), fileURLToPath(new URL('testdata/problems.txt', import.meta.url)), {
    serializers: [(text: string) => `${text}\n`],
  })
})
