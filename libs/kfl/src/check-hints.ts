import type { Checker } from './check.ts'
import type { Checked, ComparisonOperator, Failure } from './checked.ts'
import { closest } from './closest.ts'
import { offeredAliases } from './normalise.ts'
import type { Advice, Range } from './problem.ts'
import { parseDuration } from './time.ts'
import * as T from './type.ts'

/** Reports a name that nothing declares, with the nearest that is. */
export function undeclared(checker: Checker, name: string, at: Range): Failure {
  const names = [...checker.catalogue.variables.keys(), ...offeredAliases(checker.catalogue).map((alias) => alias.name)]
  // `http.method` where `method` is the variable: the last parts of the name are one.
  const tail = name.includes('.') ? name.slice(name.indexOf('.') + 1) : undefined
  const near = tail !== undefined && names.includes(tail) ? tail : closest(name, names)
  if (near !== undefined) {
    return checker.fail('undeclared_reference', `undeclared reference to '${name}'; did you mean '${near}'?`, at, {
      suggestion: near,
    })
  }
  const suggestion = /^[A-Za-z][A-Za-z0-9_]*$/.test(name) ? `"${name}"` : undefined
  if (suggestion === undefined) return checker.fail('undeclared_reference', `undeclared reference to '${name}'`, at)
  const message = `undeclared reference to '${name}'; text stands in quotes: ${suggestion}`
  return checker.fail('undeclared_reference', message, at, { suggestion })
}

/** Why two sides cannot be compared, and the comparison that was probably meant. */
export function comparisonAdvice(
  source: string,
  operator: ComparisonOperator,
  left: Checked,
  right: Checked,
): { readonly message: string } & Advice {
  const leftText = source.slice(left.start, left.end)
  const rightText = source.slice(right.start, right.end)
  const what = `${leftText} is ${T.withArticle(left.type)}, and ${rightText} is ${T.withArticle(right.type)}`
  const whole = (suggestion: string) => ({ message: `${what}; write ${suggestion}`, suggestion })
  const equality = operator === '==' || operator === '!='
  if (left.type.kind === 'list' && equality && T.comparable(right.type, left.type.element)) {
    const within = `${rightText} in ${leftText}`
    return whole(operator === '==' ? within : `!(${within})`)
  }
  if (right.type.kind === 'list' && equality && T.comparable(left.type, right.type.element)) {
    const within = `${leftText} in ${rightText}`
    return whole(operator === '==' ? within : `!(${within})`)
  }
  const named =
    operator === '==' && left.type.kind === 'string' && right.kind === 'variable' && right.type.kind === 'bool'
  if (named) return whole(`${leftText} ${operator} "${rightText}"`)
  const micros = microseconds(left, right)
  if (micros !== undefined) return whole(`${leftText} ${operator} ${micros}`)
  const converted = convert(left.type, right)
  if (converted !== undefined) return whole(`${leftText} ${operator} ${converted}`)
  const other = convert(right.type, left)
  if (other !== undefined) return whole(`${other} ${operator} ${rightText}`)
  if (!equality && T.comparable(left.type, right.type)) {
    return { message: `'${operator}' does not apply to ${T.withArticle(left.type)}` }
  }
  return { message: what }
}

/** A duration that is compared with a number of µs, as that number. */
function microseconds(left: Checked, right: Checked): string | undefined {
  if (left.kind !== 'variable' || left.type.kind !== 'int' || !left.variable.description.includes('µs'))
    return undefined
  if (right.kind !== 'call' || right.overloads[0] !== 'duration(string)') return undefined
  const [text] = right.args
  const duration = text?.kind === 'constant' && typeof text.value === 'string' ? parseDuration(text.value) : undefined
  return duration === undefined ? undefined : String(duration.ns / 1000n)
}

/** What an item, or the elements of a list, would be written as so that one can be looked for in the other. */
export function membershipAdvice(source: string, item: Checked, collection: Checked): Advice {
  const inside = collection.type.kind === 'list' ? collection.type.element : T.dyn
  const text = (part: Checked): string => source.slice(part.start, part.end)
  const converted = convert(inside, item)
  if (converted !== undefined) return { suggestion: `${converted} in ${text(collection)}` }
  if (collection.kind !== 'list') return {}
  const items = collection.items.map((part) => convert(item.type, part))
  return items.includes(undefined) ? {} : { suggestion: `${text(item)} in [${items.join(', ')}]` }
}

/** A literal as it would be written for another type, or undefined. */
function convert(to: T.Type, from: Checked): string | undefined {
  if (from.kind !== 'constant') return undefined
  const { value } = from
  const simple = typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean'
  const text = typeof value === 'string' ? value.trim() : simple ? String(value) : ''
  switch (to.kind) {
    case 'int':
    case 'uint':
      return typeof value === 'string' && /^-?\d{1,18}$/.test(text) ? text : undefined
    case 'double':
      return typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(text) ? text : undefined
    case 'bool':
      if (/^(?:true|yes|1)$/i.test(text)) return 'true'
      return /^(?:false|no|0)$/i.test(text) ? 'false' : undefined
    case 'string':
      return simple ? `"${text}"` : undefined
    case 'timestamp':
      return timestampText(value)
    case 'duration':
      return typeof value === 'string' ? `duration(${JSON.stringify(text)})` : undefined
    default:
      return undefined
  }
}

function timestampText(value: unknown): string | undefined {
  // A number as large as this is Unix time in ms (13 digits) or s (10 digits).
  if (typeof value === 'bigint' && value > 1_000_000_000n && value < 100_000_000_000_000n) {
    const ms = Number(value < 100_000_000_000n ? value * 1000n : value)
    return `timestamp("${new Date(ms).toISOString().replace('.000Z', 'Z')}")`
  }
  if (typeof value !== 'string') return undefined
  const date = /^\d{4}-\d\d-\d\d$/.test(value) ? `${value}T00:00:00Z` : value.replace(' ', 'T')
  return `timestamp(${JSON.stringify(/(?:Z|[+-]\d\d:\d\d)$/.test(date) ? date : `${date}Z`)})`
}

/** How a value is made a condition. */
export function filterAdvice(source: string, checked: Checked): Advice {
  const text = source.slice(checked.start, checked.end)
  const simple = checked.kind === 'variable' || checked.kind === 'index'
  const expected = 'an expression of type bool'
  if (!simple || text === '') return { expected }
  switch (checked.type.kind) {
    case 'string':
      return { expected, suggestion: `${text} != ""` }
    case 'int':
    case 'uint':
    case 'double':
      return { expected, suggestion: `${text} != 0` }
    case 'list':
    case 'map':
      return { expected, suggestion: `size(${text}) > 0` }
    default:
      return { expected }
  }
}
