import * as fc from 'fast-check'

import { quote } from '../print-kfl.ts'

/** Variables and literals that expressions are made of, by type. */
export interface Leaves {
  readonly bool: readonly string[]
  readonly int: readonly string[]
  readonly uint: readonly string[]
  readonly double: readonly string[]
  readonly string: readonly string[]
  readonly list: readonly string[]
  readonly map: readonly string[]
  readonly timestamp: readonly string[]
}

const ints = ['0', '1', '-1', '2', '7', '200', '404', '9223372036854775807', '-9223372036854775808', '4294967296']
const doubles = ['0.0', '1.0', '-1.5', '200.0', '0.1', '1e300', '9007199254740993.0']
const uints = ['0u', '1u', '404u', '18446744073709551615u']
const texts = [
  '',
  'a',
  'GET',
  'get',
  '/api',
  '/api/users',
  'é',
  '日本',
  '😀x',
  'a%b_c\\d',
  "it's",
  '"',
  '\n',
  'x\0y',
  '{p1:String}',
  '404',
  '-5',
  ' a\u00a0',
  'A,b,,c',
]
const patterns = [
  '^/api',
  'a.b',
  '[0-9]+',
  '(?i)get',
  '\\\\d{3}$',
  '^.$',
  '[^a]',
  '\\\\bapi\\\\b',
  '',
  'x|y$',
  '\\\\pL+',
]
const durations = ['0s', '1s', '-1h', '90m', '1.5s', '2562047h']
const instants = [
  '2026-03-14T22:00:00Z',
  '1970-01-01T00:00:00Z',
  '0001-01-01T00:00:00Z',
  '2026-03-14T21:59:59.999999999Z',
  '2200-01-01T12:30:00.000001+02:00',
]
const zones = ['UTC', 'Europe/Berlin', 'America/New_York', '+05:30', '-08:00']
const fields = [
  'getFullYear',
  'getMonth',
  'getDate',
  'getDayOfMonth',
  'getDayOfWeek',
  'getDayOfYear',
  'getHours',
  'getMinutes',
  'getSeconds',
  'getMilliseconds',
]

const pick = (items: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...items)
const text = (): fc.Arbitrary<string> =>
  fc
    .oneof(
      { arbitrary: pick(texts), weight: 8 },
      { arbitrary: fc.string({ unit: 'grapheme', maxLength: 6 }), weight: 1 },
    )
    .map(quote)

type Kind = keyof Leaves | 'duration' | 'intList'
type Generators = Readonly<Record<Kind, fc.Arbitrary<string>>>
type Part = fc.Arbitrary<string>

/** Well-typed boolean expressions as source. `depth` bounds the nesting. Macros call their variables x, y, z by nesting. */
export function expressions(leaves: Leaves, depth: number): fc.Arbitrary<string> {
  return generators(leaves, depth, 0).bool
}

/** Texts of a template with `$1`, `$2`, … in it. */
function join(template: string, ...parts: Part[]): Part {
  return fc
    .tuple(...parts)
    .map((values) => template.replaceAll(/\$(\d)/g, (_, at: string) => values[Number(at) - 1] ?? ''))
}

function grow(leaf: Part, ...rest: Part[]): Part {
  return fc.oneof({ arbitrary: leaf, weight: 2 }, ...rest.map((arbitrary) => ({ arbitrary, weight: 1 })))
}

/** What macros walk with: the name of their variable, and expressions that know it as a text or as an int. */
interface Inside {
  readonly name: string
  readonly text: Generators
  readonly int: Generators
}

function generators(leaves: Leaves, depth: number, locals: number): Generators {
  const simple = simplest(leaves)
  if (depth === 0) return simple
  const name = ['x', 'y', 'z', 'w'][locals] ?? 'v'
  const deeper = Math.max(0, depth - 2)
  const inside: Inside = {
    name,
    text: generators({ ...leaves, string: [...leaves.string, name, name, name] }, deeper, locals + 1),
    int: generators({ ...leaves, int: [...leaves.int, name, name, name] }, deeper, locals + 1),
  }
  const inner = generators(leaves, depth - 1, locals)
  return {
    bool: conditions(simple, inner, inside),
    ...numbers(simple, inner, inside),
    ...times(simple, inner),
    string: stringsOf(simple, inner),
    list: listsOf(simple, inner, inside),
    map: simple.map,
  }
}

function simplest(leaves: Leaves): Generators {
  const truths = pick(['true', 'false'])
  const texts = fc.array(text(), { minLength: 1, maxLength: 3 }).map((items) => `[${items.join(', ')}]`)
  const integers = fc.array(pick(ints), { minLength: 1, maxLength: 3 }).map((items) => `[${items.join(', ')}]`)
  return {
    bool: leaves.bool.length === 0 ? truths : fc.oneof(pick(leaves.bool), truths),
    int: fc.oneof(pick([...leaves.int, ...ints]), fc.integer({ min: -1000, max: 1000 }).map(String)),
    uint: pick([...leaves.uint, ...uints]),
    double: pick([...leaves.double, ...doubles]),
    string: fc.oneof(pick([...leaves.string, '""']), text()),
    list: fc.oneof(pick([...leaves.list, '["a", "b"]']), texts),
    map: pick([...leaves.map, '{"a": "b"}']),
    timestamp: fc.oneof(
      pick([...leaves.timestamp, 'timestamp(0)']),
      pick(instants).map((t) => `timestamp(${quote(t)})`),
    ),
    duration: pick(durations).map((d) => `duration("${d}")`),
    intList: integers,
  }
}

function conditions(simple: Generators, inner: Generators, inside: Inside): Part {
  const {
    bool: b,
    int: i,
    uint: u,
    double: d,
    string: s,
    list: l,
    map: m,
    timestamp: t,
    duration: p,
    intList: n,
  } = inner
  const relation = pick(['==', '!=', '<', '<=', '>', '>='])
  const equality = pick(['==', '!='])
  const number = fc.oneof(i, u, d)
  const quantifier = pick(['exists', 'all', 'exists_one'])
  return fc.oneof(
    join('($1 && $2)', b, b),
    join('($1 || $2)', b, b),
    join('!($1)', b),
    join('($1 ? $2 : $3)', b, b, b),
    join('($1 $2 $3)', number, relation, number),
    join('($1 $2 $3)', i, relation, i),
    join('($1 $2 $3)', s, relation, s),
    join('($1 $2 $3)', t, relation, t),
    join('($1 $2 $3)', p, relation, p),
    join('($1 $2 $3)', b, equality, b),
    join('($1 $2 $3)', l, equality, l),
    join('$1.$2($3)', s, pick(['contains', 'startsWith', 'endsWith']), s),
    join('$1.matches("$2")', s, pick(patterns)),
    join('($1 in $2)', s, l),
    join('($1 in $2)', i, n),
    join('($1 in $2)', keys(s), m),
    join(`$1.$2(${inside.name}, $3)`, fc.oneof(l, m), quantifier, inside.text.bool),
    join(`$1.$2(${inside.name}, $3)`, n, quantifier, inside.int.bool),
    join('bool($1)', s),
    simple.bool,
  )
}

function keys(s: Part): Part {
  return fc.oneof(pick(['"host"', '"a"', '"x-id"']), s)
}

function numbers(
  simple: Generators,
  inner: Generators,
  inside: Inside,
): Pick<Generators, 'int' | 'uint' | 'double' | 'intList'> {
  const {
    bool: b,
    int: i,
    uint: u,
    double: d,
    string: s,
    list: l,
    map: m,
    timestamp: t,
    duration: p,
    intList: n,
  } = inner
  return {
    int: grow(
      simple.int,
      join('($1 $2 $3)', i, pick(['+', '-', '*', '/', '%']), i),
      join(
        '(-$1)',
        i.filter((x) => !x.startsWith('-')),
      ),
      join('size($1)', fc.oneof(s, l, m)),
      join('$1.indexOf($2)', s, s),
      join('$1.indexOf($2, $3)', s, s, pick(['0', '1', '2'])),
      join('$1.lastIndexOf($2)', s, s),
      join('int($1)', fc.oneof(s, d, u, t)),
      join('$1.$2()', t, pick(fields)),
      join('$1.$2("$3")', t, pick(fields), pick(zones)),
      join('$1.$2()', p, pick(['getHours', 'getMinutes', 'getSeconds', 'getMilliseconds'])),
      join('($1 ? $2 : $3)', b, i, i),
      join('$1[$2]', n, pick(['0', '1', '2', '-1'])),
    ),
    uint: grow(
      simple.uint,
      join('($1 $2 $3)', u, pick(['+', '-', '*', '/', '%']), u),
      join('uint($1)', fc.oneof(s, d, i)),
    ),
    double: grow(
      simple.double,
      join('($1 $2 $3)', d, pick(['+', '-', '*', '/']), d),
      join('double($1)', fc.oneof(i, u)),
      join('double($1)', s),
    ),
    intList: grow(
      simple.intList,
      join(`$1.map(${inside.name}, $2)`, n, inside.int.int),
      join(`$1.filter(${inside.name}, $2)`, n, inside.int.bool),
      join('[$1, $2]', i, i),
      join('($1 + $2)', n, n),
    ),
  }
}

function stringsOf(simple: Generators, inner: Generators): Part {
  const { bool: b, int: i, uint: u, string: s, list: l, map: m } = inner
  return grow(
    simple.string,
    join('($1 + $2)', s, s),
    join('$1.$2()', s, pick(['lowerAscii', 'upperAscii', 'trim', 'reverse'])),
    join('$1.substring($2)', s, pick(['0', '1', '3'])),
    join('$1.substring($2, $3)', s, pick(['0', '1', '2']), i),
    join('$1.charAt($2)', s, pick(['0', '1', '5'])),
    join('$1.replace("$2", $3)', s, pick(['a', '/', 'pi', 'é']), s),
    join('$1.replace("$2", $3, $4)', s, pick(['a', '/']), s, pick(['0', '1', '-1'])),
    join('string($1)', fc.oneof(i, u, b)),
    join('$1[$2]', l, i),
    join('$1[$2]', m, keys(s)),
    join('map_get($1, $2, $3)', m, keys(s), s),
    join('($1 ? $2 : $3)', b, s, s),
    join('$1.join("$2")', l, pick(['', ',', ', '])),
  )
}

function listsOf(simple: Generators, inner: Generators, inside: Inside): Part {
  const { bool: b, string: s, list: l } = inner
  return grow(
    simple.list,
    join('($1 + $2)', l, l),
    join(`$1.filter(${inside.name}, $2)`, l, inside.text.bool),
    join(`$1.map(${inside.name}, $2)`, l, inside.text.string),
    join(`$1.map(${inside.name}, $2, $3)`, l, inside.text.bool, inside.text.string),
    join('$1.split("$2")', s, pick([',', '/', 'a', ''])),
    join('$1.split("$2", $3)', s, pick([',', '/']), pick(['0', '1', '2', '-1'])),
    join('[$1, $2]', s, s),
    join('($1 ? $2 : $3)', b, l, l),
  )
}

function times(simple: Generators, inner: Generators): Pick<Generators, 'timestamp' | 'duration'> {
  const { int: i, timestamp: t, duration: p } = inner
  return {
    timestamp: grow(
      simple.timestamp,
      join('($1 $2 $3)', t, pick(['+', '-']), p),
      join('($1 + $2)', p, t),
      join('timestamp($1)', i),
    ),
    duration: grow(simple.duration, join('($1 $2 $3)', p, pick(['+', '-']), p), join('($1 - $2)', t, t)),
  }
}
