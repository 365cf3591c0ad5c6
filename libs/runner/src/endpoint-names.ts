import type { EndpointNames, NameLookup } from '@hindwire/entries/name-lookup.ts'
import { NameIndex, type ResolvedName } from '@hindwire/names/name-index.ts'
import { readNames } from '@hindwire/names/read-names.ts'

/** Names for the rows, from a snapshot's resolution records. */
export class RecordedNames implements NameLookup {
  readonly #index: NameIndex
  readonly #nodes = new Map<string, string>()
  readonly #known = new Map<ResolvedName, EndpointNames>()

  /** @param resolution JSON text as it was stored with the snapshot */
  constructor(resolution: string) {
    const { records } = readNames(resolution)
    this.#index = new NameIndex(records)
    for (const { kind, name, ip } of records) if (kind === 'node' && !this.#nodes.has(name)) this.#nodes.set(name, ip)
  }

  endpoint(ip: string, port: number, timeUs: number): EndpointNames | undefined {
    const found = this.#index.find(ip, port, timeUs)
    if (found === null) return undefined
    const known = this.#known.get(found)
    if (known !== undefined) return known
    const { pod, namespace, service, node, labels, annotations } = found
    const names = { pod, namespace, service, node, dns: '', labels, annotations }
    this.#known.set(found, names)
    return names
  }

  nodeIp(node: string): string {
    return this.#nodes.get(node) ?? ''
  }
}
