import type { NameKind, NameProtocol, NameRecord } from './name-record.ts'

/** What is known of an end of a flow. Empty where it is not. Shared between look-ups: not to be changed. */
export interface ResolvedName {
  readonly kind: NameKind
  readonly pod: string
  readonly namespace: string
  readonly service: string
  readonly node: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

interface Candidate {
  readonly record: NameRecord
  readonly name: ResolvedName
  /** The name with another service, by port. */
  readonly byPort: ReadonlyMap<number, ResolvedName> | null
}

/** All that is known of one address. */
interface Address {
  readonly whole: Candidate[]
  /** By port; null while there are none. */
  ports: Map<number, Candidate[]> | null
  node: ResolvedName | null
}

const NOTHING: Readonly<Record<string, string>> = Object.freeze({})

/** Finds who had an address. Look-ups allocate nothing but for node ports, which are remembered. */
export class NameIndex {
  readonly #addresses = new Map<string, Address>()
  readonly #nodePorts = new Map<number, Candidate[]>()
  readonly #merged = new Map<string, ResolvedName>()

  constructor(records: Iterable<NameRecord>) {
    for (const record of records) this.#add(record)
  }

  /** Addresses known. */
  get size(): number {
    return this.#addresses.size
  }

  /**
   * A record of the port goes before one of the whole address; a node port leads to its service.
   * @param ip as flows write it: dotted IPv4, or IPv6 in its short form
   * @param port 0 where there is none
   * @param timeUs when, µs since 1970
   * @returns null for an address that no record has at that time
   */
  find(ip: string, port: number, timeUs: number, protocol?: NameProtocol): ResolvedName | null {
    const address = this.#addresses.get(ip)
    if (address === undefined) return null
    const onPort = address.ports?.get(port)
    if (onPort !== undefined) {
      const found = pick(onPort, timeUs, protocol)
      if (found !== null) return found.name
    }
    if (address.node !== null) {
      const behind = this.#nodePorts.get(port)
      const service = behind === undefined ? null : pick(behind, timeUs, protocol)
      if (service !== null) return this.#merge(service.name, address.node)
    }
    const found = pick(address.whole, timeUs, undefined)
    return found === null ? null : (found.byPort?.get(port) ?? found.name)
  }

  #add(record: NameRecord): void {
    const candidate = toCandidate(record)
    if (record.ip === '') {
      if (record.port !== undefined) append(this.#nodePorts, record.port, candidate)
      return
    }
    const address: Address = this.#addresses.get(record.ip) ?? { whole: [], ports: null, node: null }
    this.#addresses.set(record.ip, address)
    if (record.port !== undefined) append((address.ports ??= new Map()), record.port, candidate)
    else address.whole.push(candidate)
    if (record.kind === 'node') address.node = candidate.name
  }

  #merge(service: ResolvedName, node: ResolvedName): ResolvedName {
    const key = `${service.namespace}/${service.service}/${node.node}`
    const known = this.#merged.get(key)
    if (known !== undefined) return known
    const merged = { ...service, node: node.node }
    this.#merged.set(key, merged)
    return merged
  }
}

/** A pod or node before an endpoint or service that has the same address at the same time. */
const RANK: Readonly<Record<NameKind, number>> = { pod: 0, service: 1, node: 2, endpoint: 3 }

/** The record that covers the time; else the nearest of those whose times are guesses. */
function pick(candidates: readonly Candidate[], timeUs: number, protocol: NameProtocol | undefined): Candidate | null {
  let best: Candidate | null = null
  let bestDistance = Infinity
  for (const candidate of candidates) {
    const { record } = candidate
    if (protocol !== undefined && record.protocol !== undefined && record.protocol !== protocol) continue
    const distance = distanceTo(record, timeUs)
    if (distance === Infinity || distance > bestDistance) continue
    if (distance === bestDistance && best !== null && !goesBefore(record, best.record)) continue
    best = candidate
    bestDistance = distance
  }
  return best
}

/** 0 where the record covers the time; µs to it where its times are guesses; Infinity where it does not apply. */
function distanceTo(record: NameRecord, timeUs: number): number {
  const { from = -Infinity, to = Infinity, approximate } = record
  if (timeUs >= from && timeUs < to) return 0
  if (approximate !== true) return Infinity
  return timeUs < from ? from - timeUs : timeUs - to + 1
}

/** Of two that cover a time, the one that began later; then by kind, so that the order of records does not matter. */
function goesBefore(a: NameRecord, b: NameRecord): boolean {
  const byTime = (a.from ?? -Infinity) - (b.from ?? -Infinity)
  if (RANK[a.kind] !== RANK[b.kind]) return RANK[a.kind] < RANK[b.kind]
  if (byTime !== 0 && !Number.isNaN(byTime)) return byTime > 0
  return `${a.namespace}/${a.name}` < `${b.namespace}/${b.name}`
}

function toCandidate(record: NameRecord): Candidate {
  const name: ResolvedName = {
    kind: record.kind,
    pod: record.kind === 'pod' ? record.name : '',
    namespace: record.namespace ?? '',
    service: record.service ?? (record.kind === 'service' ? record.name : ''),
    node: record.node ?? '',
    labels: record.labels ?? NOTHING,
    annotations: record.annotations ?? NOTHING,
  }
  const ports = Object.entries(record.servicePorts ?? {})
  const byPort = new Map(ports.map(([port, service]) => [Number(port), { ...name, service }]))
  return { record, name, byPort: byPort.size === 0 ? null : byPort }
}

function append(map: Map<number, Candidate[]>, port: number, candidate: Candidate): void {
  const list = map.get(port)
  if (list === undefined) map.set(port, [candidate])
  else list.push(candidate)
}
