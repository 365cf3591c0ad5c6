import type { Catalogue } from '@hindwire/entries/catalogue.ts'
import type { ColumnType } from '@hindwire/protocols/contract/column.ts'
import type { FieldSource, KflType } from '@hindwire/protocols/contract/field.ts'

import type { Databases } from './evaluate-source.ts'
import { protocolColumn } from './evaluate-source.ts'
import type { Params } from './sql.ts'
import { identifier, plain } from './sql.ts'

/**
 * How exactly a variable is wanted: `raw` as the column stands (for comparisons with constants, where ClickHouse
 * compares types by value and can use its indexes), `typed` in the one SQL type that the KFL type has.
 */
export type Form = 'raw' | 'typed'

/** Prints what a source reads, in the type of the variable. It is never NULL. */
export class SourcePrinter {
  readonly #catalogue: Catalogue
  readonly #databases: Databases
  readonly #params: Params

  constructor(catalogue: Catalogue, databases: Databases, params: Params) {
    this.#catalogue = catalogue
    this.#databases = databases
    this.#params = params
  }

  print(source: FieldSource, type: KflType, form: Form): string {
    const params = this.#params
    if ('column' in source) return this.#column(source.column, type, form)
    if ('constant' in source) return this.constant(source.constant, type)
    if ('sum' in source) return `(${source.sum.map((column) => `toInt64(${identifier(column)})`).join(' + ')})`
    if ('ratio' in source) return this.#ratio(source)
    if ('present' in source) return this.#present(source.present)
    if ('protocolIn' in source) return this.oneOf(protocolColumn, source.protocolIn)
    if ('oneOf' in source) return this.oneOf(source.of, source.oneOf)
    if ('firstOf' in source) {
      const cases = source.firstOf.map((column) => `${identifier(column)} != '', toString(${identifier(column)})`)
      return `multiIf(${cases.join(', ')}, '')`
    }
    if ('listOf' in source) {
      const values = source.listOf.map((column) => `toString(${identifier(column)})`)
      return `arrayDistinct(arrayFilter(_s -> _s != '', [${values.join(', ')}]))`
    }
    if ('joined' in source) {
      const separator = params.string(source.separator)
      const texts = source.joined.map((column) => `toString(${identifier(column)})`)
      return texts.length === 1 ? (texts[0] ?? '') : `concat(${texts.join(`, ${separator}, `)})`
    }
    if ('mapOf' in source) {
      const pairs = Object.entries(source.mapOf).map(
        ([key, column]) => `${params.string(key)}, toString(${identifier(column)})`,
      )
      return `mapFilter((_k, _s) -> _s != '', map(${pairs.join(', ')}))`
    }
    if ('ifPresent' in source) {
      const value = this.print(source.value, type, 'typed')
      return `if(${identifier(source.ifPresent)} != '', ${value}, ${this.print(source.otherwise, type, 'typed')})`
    }
    if ('side' in source) {
      const client = this.print(source.client, type, 'typed')
      const server = this.print(source.server, type, 'typed')
      const [yes, no] = source.side === 'local' ? [client, server] : [server, client]
      return `if(src_node = node AND dst_node != node AND node != '', ${yes}, ${no})`
    }
    return this.#database(source.database)
  }

  /** A source that is made of columns, compared with a text column by column: indexes know columns only. */
  equals(source: FieldSource, value: string): string | undefined {
    if ('database' in source && value !== '') {
      const numbers = [...this.#databases]
        .filter((entry) => entry[1][source.database] === value)
        .map(([number]) => number)
      return numbers.length === 0 ? 'false' : `dissection IN ${this.#params.bind(numbers, 'Array(UInt32)')}`
    }
    if (!('joined' in source) || (source.separator === '' && source.joined.length > 1)) return undefined
    const [first = '', ...rest] = source.joined
    if (!rest.every((column) => this.#isNumber(column))) return undefined
    const parts = source.joined.length === 1 ? [value] : value.split(source.separator)
    const numbers = rest.length === 0 ? [] : parts.slice(-rest.length)
    const head = parts.slice(0, parts.length - rest.length).join(source.separator)
    const pairs = [[first, head] as const, ...rest.map((column, i) => [column, numbers[i] ?? ''] as const)]
    if (parts.length <= rest.length || pairs.some(([column, text]) => this.#isNumber(column) && !isDecimal(text)))
      return 'false'
    const tests = pairs.map(([column, text]) => {
      const bound = this.#isNumber(column) ? this.#params.bind(text, 'UInt64') : this.#params.string(text)
      return `${identifier(column)} = ${bound}`
    })
    return tests.join(' AND ')
  }

  #isNumber(column: string): boolean {
    return ['u8', 'u16', 'u32', 'u64'].includes(this.#type(column))
  }

  /** `column = value`, or `column IN values`. */
  oneOf(column: string, values: readonly string[]): string {
    const [only] = values
    if (values.length === 1 && only !== undefined) return `${identifier(column)} = ${this.#params.string(only)}`
    return `${identifier(column)} IN ${this.#params.strings(values)}`
  }

  constant(value: string | number | boolean, type: KflType): string {
    if (typeof value === 'boolean') return String(value)
    if (typeof value === 'string') return this.#params.string(value)
    if (type === 'double') return this.#params.bind(value, 'Float64')
    return this.#params.bind(plain(BigInt(value)), type === 'uint' ? 'UInt64' : 'Int64')
  }

  #type(column: string): ColumnType {
    return this.#catalogue.columns.get(column)?.type ?? 'string'
  }

  #column(name: string, type: KflType, form: Form): string {
    const column = identifier(name)
    const stored = this.#type(name)
    if (type === 'bool') return `${column} != 0`
    if (form === 'raw') return column
    switch (type) {
      case 'int':
        return `toInt64(${column})`
      case 'uint':
        return `toUInt64(${column})`
      case 'double':
        return `toFloat64(${column})`
      case 'timestamp':
        return `toInt128(toUnixTimestamp64Micro(${column})) * 1000`
      case 'list<string>':
        return stored === 'labels' ? `CAST(${column}, 'Array(String)')` : column
      case 'map<string,string>':
        return `CAST(${column}, 'Map(String, String)')`
      default:
        return stored === 'label' ? `toString(${column})` : column
    }
  }

  #ratio({ ratio, to, scale, atLeast, whole }: Extract<FieldSource, { readonly ratio: string }>): string {
    const params = this.#params
    const sum = to.map((column) => `toFloat64(${identifier(column)})`).join(' + ')
    const divisor = `greatest(${sum}, ${params.bind(atLeast, 'Float64')})`
    const product = `toFloat64(${identifier(ratio)}) * ${params.bind(scale, 'Float64')}`
    const quotient = `if(${divisor} = 0, 0., ${product} / ${divisor})`
    return whole ? `toInt64(floor(${quotient}))` : quotient
  }

  #present(name: string): string {
    const column = identifier(name)
    switch (this.#type(name)) {
      case 'label':
      case 'string':
        return `${column} != ''`
      case 'labels':
      case 'strings':
      case 'map':
        return `notEmpty(${column})`
      case 'time':
        return `toUnixTimestamp64Micro(${column}) != 0`
      default:
        return `${column} != 0`
    }
  }

  #database(part: 'snapshot' | 'dissection'): string {
    const numbers = [...this.#databases.keys()]
    if (numbers.length === 0) return this.#params.string('')
    const names = [...this.#databases.values()].map((database) => database[part])
    const empty = this.#params.string('')
    return `transform(dissection, ${this.#params.bind(numbers, 'Array(UInt32)')}, ${this.#params.strings(names)}, ${empty})`
  }
}

/** As toString() writes a stored integer; none is negative that is joined into a text, and none exceeds 2^53. */
function isDecimal(text: string): boolean {
  return /^(?:0|[1-9][0-9]{0,15})$/.test(text)
}
