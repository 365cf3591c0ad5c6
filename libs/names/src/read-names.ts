import { splitDocuments } from './json-documents.ts'
import { isObject, type JsonObject, listAt, textAt } from './json-value.ts'
import { type KubernetesObjects, kubernetesRecords } from './kubernetes.ts'
import { DEFAULT_LIMITS, type NameLimits, type NameRecord } from './name-record.ts'
import { readOwnRecord } from './own-record.ts'

export interface ReadNames {
  readonly records: readonly NameRecord[]
  /** Sentences about what was left out, the first few of them. */
  readonly warnings: readonly string[]
  /** True when a text was no JSON at all, or held nothing that names an address. */
  readonly unusable: boolean
}

/**
 * Reads name-resolution records: a list of own records, and `kubectl get pods,services,nodes,endpoints -o json` as it
 * is; several documents one behind the other or in an array, in any mixture. Never throws.
 */
export function readNames(text: string, limits: NameLimits = DEFAULT_LIMITS): ReadNames {
  const reader = new Reader(limits)
  for (const { start, end } of splitDocuments(text)) {
    try {
      reader.take(JSON.parse(text.slice(start, end)), '', 0)
    } catch (error) {
      reader.warn(`The JSON document at character ${start} cannot be read: ${(error as Error).message}.`)
    }
  }
  return reader.finish()
}

/** Lists in lists, and no deeper: an input of a million brackets ends here. */
const MAX_DEPTH = 4

const GROUPS: Readonly<Record<string, keyof KubernetesObjects>> = {
  Pod: 'pods',
  Service: 'services',
  Node: 'nodes',
  Endpoints: 'endpoints',
  EndpointSlice: 'endpoints',
}

class Reader {
  readonly #limits: NameLimits
  readonly #own: NameRecord[] = []
  readonly #objects: KubernetesObjects = { pods: [], services: [], nodes: [], endpoints: [] }
  readonly #warnings: string[] = []
  readonly #otherKinds = new Set<string>()
  #seen = 0

  constructor(limits: NameLimits) {
    this.#limits = limits
  }

  /** @param kind of the objects, where their list says it and they do not */
  take(value: unknown, kind: string, depth: number): void {
    if (depth > MAX_DEPTH) return this.warn('Lists are nested too deeply.')
    if (Array.isArray(value)) {
      for (const element of value) this.take(element, kind, depth + 1)
      return
    }
    if (!isObject(value)) return this.warn(`${JSON.stringify(value)?.slice(0, 40)} is no name record.`)
    const own = textAt(value, 'kind')
    const list = ['items', 'records'].find((key) => Array.isArray(value[key]))
    if (list !== undefined) {
      const elementKind = own.endsWith('List') ? own.slice(0, -'List'.length) : ''
      for (const item of listAt(value, list)) this.take(item, elementKind, depth + 1)
      return
    }
    this.#seen += 1
    if (isObject(value['metadata'])) this.#kubernetes(value, own === '' ? kind : own)
    else this.#record(value)
  }

  warn(sentence: string): void {
    if (this.#warnings.length < this.#limits.maxWarnings) this.#warnings.push(sentence)
  }

  finish(): ReadNames {
    if (this.#otherKinds.size > 0) {
      this.warn(`Objects that name no addresses were left out: ${[...this.#otherKinds].slice(0, 10).join(', ')}.`)
    }
    const all = [...this.#own, ...kubernetesRecords(this.#objects, this.#limits)]
    const records = all.slice(0, this.#limits.maxRecords)
    if (all.length > records.length) {
      this.#warnings.unshift(
        `${all.length - records.length} records beyond the limit of ${records.length} were left out.`,
      )
    }
    return { records, warnings: this.#warnings, unusable: records.length === 0 }
  }

  #kubernetes(object: JsonObject, kind: string): void {
    const group = GROUPS[kind]
    if (group === undefined) this.#otherKinds.add(kind === '' ? 'unnamed' : kind)
    else if (this.#objects[group].length < this.#limits.maxRecords) this.#objects[group].push(object)
  }

  #record(object: JsonObject): void {
    const record = readOwnRecord(object, this.#limits)
    if (typeof record === 'string') this.warn(`Record ${this.#seen}: ${record}.`)
    else if (this.#own.length <= this.#limits.maxRecords) this.#own.push(record)
  }
}
