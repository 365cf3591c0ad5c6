import type { Call, Checked } from './checked.ts'
import { signatures } from './signatures.ts'
import type { Value } from './value.ts'
import { TypeValue, Uint } from './value.ts'

/** How tightly a piece binds, from loosest to tightest. */
const Binding = { Choice: 1, Or: 2, And: 3, Relation: 4, Sum: 5, Product: 6, Unary: 7, Member: 8 } as const

interface Piece {
  readonly text: string
  readonly binding: number
}

/** The normal form of a checked tree: CEL, one spelling for each meaning. Parsing it gives the same tree again. */
export function printKfl(node: Checked): string {
  return print(node).text
}

function at(node: Checked, binding: number): string {
  const piece = print(node)
  return piece.binding < binding ? `(${piece.text})` : piece.text
}

const member = (text: string): Piece => ({ text, binding: Binding.Member })

function print(node: Checked): Piece {
  switch (node.kind) {
    case 'constant':
      return constant(node.value)
    case 'failure':
      return member('1 / 0')
    case 'variable':
      return member(node.variable.variable)
    case 'local':
      return member(node.name)
    case 'call':
      return call(node)
    case 'comparison': {
      const text = `${at(node.left, Binding.Relation)} ${node.operator} ${at(node.right, Binding.Sum)}`
      return { text, binding: Binding.Relation }
    }
    case 'in':
      return {
        text: `${at(node.item, Binding.Relation)} in ${at(node.collection, Binding.Sum)}`,
        binding: Binding.Relation,
      }
    case 'logic': {
      const binding = node.operator === '&&' ? Binding.And : Binding.Or
      return { text: node.operands.map((o) => at(o, binding + 1)).join(` ${node.operator} `), binding }
    }
    case 'choice': {
      const text = `${at(node.test, Binding.Or)} ? ${at(node.whenTrue, Binding.Or)} : ${at(node.whenFalse, Binding.Choice)}`
      return { text, binding: Binding.Choice }
    }
    case 'list':
      return member(`[${node.items.map((item) => print(item).text).join(', ')}]`)
    case 'map':
      return member(`{${node.entries.map((e) => `${print(e.key).text}: ${print(e.value).text}`).join(', ')}}`)
    case 'index':
      return member(`${at(node.target, Binding.Member)}[${print(node.key).text}]`)
    case 'has':
      if (isName(node.key)) return member(`has(${at(node.target, Binding.Member)}.${node.key})`)
      return { text: `${quote(node.key)} in ${at(node.target, Binding.Sum)}`, binding: Binding.Relation }
    default: {
      const parts = [node.local, node.predicate, node.body].filter((part) => part !== null)
      const args = parts.map((part) => (typeof part === 'string' ? part : print(part).text))
      return member(`${at(node.range, Binding.Member)}.${node.macro}(${args.join(', ')})`)
    }
  }
}

function call(node: Call): Piece {
  const { name, style } = signatures[node.overloads[0]]
  const [first, second] = node.args
  if (style === 'operator' && first !== undefined) {
    if (second === undefined) return { text: `${name}${at(first, Binding.Unary)}`, binding: Binding.Unary }
    const binding = name === '+' || name === '-' ? Binding.Sum : Binding.Product
    return { text: `${at(first, binding)} ${name} ${at(second, binding + 1)}`, binding }
  }
  if (node.method && first !== undefined) {
    const args = node.args.slice(1).map((arg) => print(arg).text)
    return member(`${at(first, Binding.Member)}.${name}(${args.join(', ')})`)
  }
  return member(`${name}(${node.args.map((arg) => print(arg).text).join(', ')})`)
}

function constant(value: Value): Piece {
  if (typeof value === 'bigint' || typeof value === 'number') {
    const text = typeof value === 'bigint' ? String(value) : double(value)
    return { text, binding: text.startsWith('-') ? Binding.Unary : Binding.Member }
  }
  if (typeof value === 'string') return member(quote(value))
  if (value instanceof Uint) return member(`${value.value}u`)
  if (value instanceof Uint8Array) return member(`b"${Array.from(value, octet).join('')}"`)
  if (value instanceof TypeValue) return member(value.name)
  return member(typeof value === 'boolean' ? String(value) : 'null')
}

function double(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '1e999' : '-1e999'
  const text = Object.is(value, -0) ? '-0' : String(value)
  return /[.e]/.test(text) ? text : `${text}.0`
}

/** In double quotes, with the escapes that CEL and JSON share. */
export function quote(text: string): string {
  return JSON.stringify(text)
}

function octet(byte: number): string {
  if (byte === 34 || byte === 92) return `\\${String.fromCharCode(byte)}`
  return byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`
}

function isName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) && !/^(?:true|false|null|in|and|or|not)$/i.test(text)
}
