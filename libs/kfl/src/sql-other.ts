import { formatAddress, parsePrefix } from './ip.ts'
import type { OverloadId } from './signatures.ts'
import { argument, values } from './sql-arithmetic.ts'
import type { CallPrinter } from './sql-call.ts'
import { strict } from './sql-collection.ts'
import { literalText } from './sql-text.ts'
import { fallible, from, NotInDatabase, nullSql } from './sql.ts'

const sizeOfList: CallPrinter = (printer, node) => {
  const list = printer.operand(argument(node, 0))
  if (!list.nullable) return from(`toInt64(length(${list.text}))`, list)
  return fallible(printer.bind([list], ([l]) => `if(has(${l}, NULL), NULL, toInt64(length(${l})))`))
}

/** An address of the other family, or none at all, is not in the prefix; IPv6 would take IPv4 addresses as mapped ones. */
const ipIn: CallPrinter = (printer, node) => {
  const prefix = parsePrefix(literalText(node, 1, 'an address prefix'))
  if (prefix === undefined) return nullSql
  const { version } = prefix
  const first = printer.params.bind(formatAddress(version, prefix.first), version === 4 ? 'IPv4' : 'IPv6')
  const last = printer.params.bind(formatAddress(version, prefix.last), version === 4 ? 'IPv4' : 'IPv6')
  return strict(printer, [printer.operand(argument(node, 0))], ([ip]) => {
    const range = `ifNull(toIPv${version}OrNull(${ip}) BETWEEN ${first} AND ${last}, false)`
    return version === 4 ? range : `(isIPv6String(${ip}) AND ${range})`
  })
}

const mapGet: CallPrinter = (printer, node) => {
  const map = printer.operand(argument(node, 0))
  const key = printer.value(argument(node, 1))
  const otherwise = node.args[2] === undefined ? undefined : printer.value(node.args[2])
  const type = argument(node, 0).type
  if (type.kind !== 'map' || type.key.kind !== 'string' || type.value.kind !== 'string') {
    throw new NotInDatabase('the database has maps of texts only', node)
  }
  if (otherwise === undefined) return strict(printer, [key], ([k]) => `${map.text}[${k}]`)
  return strict(printer, [key, otherwise, map], ([k, d, m]) => `if(mapContains(${m}, ${k}), ${m}[${k}], ${d})`)
}

const concatenated: CallPrinter = (printer, node) => {
  const [a, b] = values(printer, node)
  return from(`arrayConcat(${a.text}, ${b.text})`, a, b)
}

/** Collections, bytes, addresses. */
export const otherSql = {
  'list+list': concatenated,
  'bytes+bytes': (printer, node) => {
    const [a, b] = values(printer, node)
    return from(`concat(${a.text}, ${b.text})`, a, b)
  },
  'size(bytes)': (printer, node) => {
    const [bytes] = values(printer, node)
    return from(`toInt64(length(${bytes.text}))`, bytes)
  },
  'size(list)': sizeOfList,
  'size(map)': (printer, node) => {
    const map = printer.operand(argument(node, 0))
    return from(`toInt64(length(${map.text}))`, map)
  },
  map_get: mapGet,
  'map_get(default)': mapGet,
  ip_in: ipIn,
  now: (_printer, node) => {
    throw new NotInDatabase('now() has not been replaced', node)
  },
  'bytes(bytes)': (printer, node) => printer.value(argument(node, 0)),
  'bytes(string)': (printer, node) => printer.value(argument(node, 0)),
  'dyn(any)': (_printer, node) => {
    throw new NotInDatabase('dyn() is not available in the database', node)
  },
  'type(any)': (_printer, node) => {
    throw new NotInDatabase('type() is not available in the database', node)
  },
} satisfies Partial<Record<OverloadId, CallPrinter>>
