import {
  isObject,
  type JsonObject,
  listAt,
  normaliseIp,
  objectAt,
  pairsAt,
  portAt,
  protocolAt,
  textAt,
  timeAt,
} from './json-value.ts'
import type { NameLimits, NameRecord } from './name-record.ts'

/** Kubernetes objects that names are made of, as `kubectl get … -o json` prints them (API v1). */
export interface KubernetesObjects {
  readonly pods: JsonObject[]
  readonly services: JsonObject[]
  readonly nodes: JsonObject[]
  /** Endpoints and EndpointSlices. */
  readonly endpoints: JsonObject[]
}

/** A service as pods meet it: which of them it selects, and which of their ports it leads to. */
interface ServiceTarget {
  readonly name: string
  readonly namespace: string
  readonly selector: readonly (readonly [string, string])[]
  readonly targetPorts: readonly (number | string)[]
  readonly hasClusterIp: boolean
}

/** Finds a pod's services without asking every service of the cluster. */
class ServiceIndex {
  /** By namespace and the first label that they select by. */
  readonly #byLabel: Map<string, ServiceTarget[]>
  readonly #byName: Map<string, ServiceTarget>

  constructor(services: readonly ServiceTarget[]) {
    const selecting = services.filter(({ selector }) => selector.length > 0)
    this.#byLabel = Map.groupBy(selecting, ({ namespace, selector: [first] }) => `${namespace}/${first?.join('=')}`)
    this.#byName = new Map(services.map((service) => [`${service.namespace}/${service.name}`, service]))
  }

  /** Those that select the labels, and those in `listed`; in the order of preference. */
  of(namespace: string, labels: JsonObject, listed: ReadonlySet<string>): ServiceTarget[] {
    const found = new Set<ServiceTarget>()
    for (const [key, value] of Object.entries(labels)) {
      for (const service of this.#byLabel.get(`${namespace}/${key}=${String(value)}`) ?? []) {
        if (service.selector.every(([label, wanted]) => labels[label] === wanted)) found.add(service)
      }
    }
    for (const name of listed) {
      const service = this.#byName.get(`${namespace}/${name}`)
      if (service !== undefined) found.add(service)
    }
    return [...found].sort(preferred)
  }
}

/** Membership by address, from Endpoints: `namespace/ip` → services. */
type Members = Map<string, string[]>

export function kubernetesRecords(objects: KubernetesObjects, limits: NameLimits): NameRecord[] {
  const services = new ServiceIndex(objects.services.map(toTarget))
  const members = membersOf(objects.endpoints)
  const pods = objects.pods.flatMap((pod) => podRecords(pod, services, members, limits))
  const nodes = objects.nodes.flatMap((node) => nodeRecords(node, limits))
  const known = new Set([...pods, ...nodes].map((record) => record.ip))
  return [
    ...pods,
    ...objects.services.flatMap((service) => serviceRecords(service, limits)),
    ...nodes,
    ...hostRecords(objects.pods, new Set(nodes.map((record) => record.ip))),
    ...objects.endpoints.flatMap((endpoints) => endpointRecords(endpoints, known)),
  ]
}

/** Nodes that are not listed, as their pods know them. */
function hostRecords(pods: readonly JsonObject[], known: Set<string>): NameRecord[] {
  const records: NameRecord[] = []
  for (const pod of pods) {
    const { spec, status } = parts(pod)
    const ip = normaliseIp(textAt(status, 'hostIP'))
    const node = textAt(spec, 'nodeName')
    if (ip === '' || node === '' || known.has(ip)) continue
    known.add(ip)
    records.push({ ip, kind: 'node', name: node, node, approximate: true })
  }
  return records
}

function podRecords(pod: JsonObject, services: ServiceIndex, members: Members, limits: NameLimits): NameRecord[] {
  const { metadata, spec, status } = parts(pod)
  const ips = addresses(status, 'podIP', 'podIPs')
  const namespace = textAt(metadata, 'namespace')
  const node = textAt(spec, 'nodeName')
  const base: Omit<NameRecord, 'ip'> = {
    kind: 'pod',
    name: textAt(metadata, 'name'),
    ...filled({ namespace, node }),
    ...filled(servicesOf(pod, services, members, ips)),
    ...filled({ labels: pairsAt(metadata, 'labels', limits), annotations: pairsAt(metadata, 'annotations', limits) }),
    ...filled({ from: timeAt(status, 'startTime') ?? timeAt(metadata, 'creationTimestamp'), to: endOf(pod) }),
    approximate: true,
  }
  const containers = [...listAt(spec, 'containers'), ...listAt(spec, 'initContainers')]
  const ports = containers.flatMap((container) => listAt(container, 'ports'))
  // A pod on the host's network shares the node's address with all others: only its ports tell it from them.
  if (spec['hostNetwork'] === true) return ips.flatMap((ip) => portRecords(base, ip, ports, 'containerPort'))
  const hostIp = normaliseIp(textAt(status, 'hostIP'))
  const published = hostIp === '' ? [] : portRecords(base, hostIp, ports, 'hostPort')
  return [...ips.map((ip) => ({ ip, ...base })), ...published]
}

function portRecords(base: Omit<NameRecord, 'ip'>, ip: string, ports: readonly unknown[], key: string): NameRecord[] {
  const records = ports.map((port) => ({ port: portAt(port, key), protocol: protocolAt(port, 'protocol') ?? 'tcp' }))
  return records.filter(({ port }) => port !== 0).map((record) => ({ ip, ...record, ...base }))
}

/** A pod that has ended gave its address back, though it still shows it. */
function endOf(pod: JsonObject): number | undefined {
  const { status } = parts(pod)
  if (!['Succeeded', 'Failed'].includes(textAt(status, 'phase'))) return undefined
  const ends = listAt(status, 'containerStatuses').map((container) => {
    return timeAt(objectAt(objectAt(container, 'state'), 'terminated'), 'finishedAt') ?? 0
  })
  const last = Math.max(0, ...ends)
  return last === 0 ? timeAt(status, 'startTime') : last
}

function servicesOf(pod: JsonObject, services: ServiceIndex, members: Members, ips: readonly string[]) {
  const { metadata, spec } = parts(pod)
  const labels = objectAt(metadata, 'labels')
  const namespace = textAt(metadata, 'namespace')
  const listed = new Set(ips.flatMap((ip) => members.get(`${namespace}/${ip}`) ?? []))
  const selected = services.of(namespace, labels, listed)
  const names = [...new Set([...selected.map(({ name }) => name), ...[...listed].sort()])]
  const named = new Map<string, number>()
  for (const container of listAt(spec, 'containers')) {
    for (const port of listAt(container, 'ports')) named.set(textAt(port, 'name'), portAt(port, 'containerPort'))
  }
  const servicePorts: Record<string, string> = {}
  for (const { name, targetPorts } of selected) {
    for (const target of targetPorts) {
      const port = typeof target === 'string' ? named.get(target) : target
      if (port !== undefined && port !== 0) servicePorts[port] ??= name
    }
  }
  return { service: names[0] ?? '', servicePorts: names.length > 1 ? servicePorts : undefined }
}

function serviceRecords(service: JsonObject, limits: NameLimits): NameRecord[] {
  const { metadata, spec, status } = parts(service)
  const name = textAt(metadata, 'name')
  const base: Omit<NameRecord, 'ip'> = {
    kind: 'service',
    name,
    service: name,
    ...filled({ namespace: textAt(metadata, 'namespace') }),
    ...filled({ labels: pairsAt(metadata, 'labels', limits), annotations: pairsAt(metadata, 'annotations', limits) }),
    ...filled({ from: timeAt(metadata, 'creationTimestamp') }),
    approximate: true,
  }
  const external = listAt(spec, 'externalIPs').filter((ip) => typeof ip === 'string')
  const balanced = listAt(objectAt(status, 'loadBalancer'), 'ingress').map((ingress) => textAt(ingress, 'ip'))
  const ips = new Set([...addresses(spec, 'clusterIP', 'clusterIPs'), ...[...external, ...balanced].map(normaliseIp)])
  ips.delete('')
  return [...[...ips].map((ip) => ({ ip, ...base })), ...portRecords(base, '', listAt(spec, 'ports'), 'nodePort')]
}

function nodeRecords(node: JsonObject, limits: NameLimits): NameRecord[] {
  const { metadata, status } = parts(node)
  const name = textAt(metadata, 'name')
  const labels = filled({ labels: pairsAt(metadata, 'labels', limits) })
  const annotations = filled({ annotations: pairsAt(metadata, 'annotations', limits) })
  const found = listAt(status, 'addresses').map((address) => normaliseIp(textAt(address, 'address')))
  const ips = [...new Set(found)].filter((ip) => ip !== '')
  return ips.map((ip) => ({ ip, kind: 'node', name, node: name, ...labels, ...annotations, approximate: true }))
}

/** Addresses behind a service that no pod or node of the lists has: outside the cluster, or gone. */
function endpointRecords(endpoints: JsonObject, known: ReadonlySet<string>): NameRecord[] {
  const namespace = textAt(objectAt(endpoints, 'metadata'), 'namespace')
  const service = serviceNameOf(endpoints)
  const outside = endpointAddresses(endpoints).filter(({ ip }) => !known.has(ip))
  return outside.map(({ ip, node, pod }) => ({
    ip,
    kind: pod === '' ? 'endpoint' : 'pod',
    name: pod === '' ? service : pod,
    service,
    ...filled({ namespace, node }),
    approximate: true,
  }))
}

function endpointAddresses(endpoints: JsonObject): { ip: string; node: string; pod: string }[] {
  const classic = listAt(endpoints, 'subsets').flatMap((subset) => [
    ...listAt(subset, 'addresses'),
    ...listAt(subset, 'notReadyAddresses'),
  ])
  const sliced = listAt(endpoints, 'endpoints').flatMap((endpoint) =>
    listAt(endpoint, 'addresses').map((ip) => ({ ...(isObject(endpoint) ? endpoint : {}), ip })),
  )
  const found = [...classic, ...sliced].map((address) => {
    const target = objectAt(address, 'targetRef')
    const pod = textAt(target, 'kind') === 'Pod' ? textAt(target, 'name') : ''
    return { ip: normaliseIp(textAt(address, 'ip')), node: textAt(address, 'nodeName'), pod }
  })
  return found.filter(({ ip }) => ip !== '')
}

function serviceNameOf(endpoints: JsonObject): string {
  const metadata = objectAt(endpoints, 'metadata')
  const label = textAt(objectAt(metadata, 'labels'), 'kubernetes.io/service-name')
  return label === '' ? textAt(metadata, 'name') : label
}

function membersOf(endpoints: readonly JsonObject[]): Members {
  const members: Members = new Map()
  for (const object of endpoints) {
    const namespace = textAt(objectAt(object, 'metadata'), 'namespace')
    for (const { ip } of endpointAddresses(object)) {
      const key = `${namespace}/${ip}`
      members.set(key, [...(members.get(key) ?? []), serviceNameOf(object)])
    }
  }
  return members
}

function toTarget(service: JsonObject): ServiceTarget {
  const { metadata, spec } = parts(service)
  const selector = Object.entries(objectAt(spec, 'selector'))
  const targetPorts = listAt(spec, 'ports').map((port) => {
    return portAt(port, 'targetPort') || textAt(port, 'targetPort') || portAt(port, 'port')
  })
  return {
    name: textAt(metadata, 'name'),
    namespace: textAt(metadata, 'namespace'),
    selector: selector.filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
    targetPorts,
    hasClusterIp: addresses(spec, 'clusterIP', 'clusterIPs').length > 0,
  }
}

/** A service that clients call by its address before a headless one, then by name: the same choice in every run. */
function preferred(a: ServiceTarget, b: ServiceTarget): number {
  if (a.hasClusterIp !== b.hasClusterIp) return a.hasClusterIp ? -1 : 1
  if (a.name === b.name) return 0
  return a.name < b.name ? -1 : 1
}

function parts(object: JsonObject) {
  return { metadata: objectAt(object, 'metadata'), spec: objectAt(object, 'spec'), status: objectAt(object, 'status') }
}

/** Addresses of a member that has a single and a dual-stack form; `None` (headless) is no address. */
function addresses(object: JsonObject, single: string, plural: string): string[] {
  const more = listAt(object, plural).map((entry) => (typeof entry === 'string' ? entry : textAt(entry, 'ip')))
  const found = [textAt(object, single), ...more].map(normaliseIp).filter((ip) => ip !== '')
  return [...new Set(found)]
}

/** Leaves out members without a value. */
function filled<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined && value !== '')
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> }
}
