import assert from 'node:assert/strict'
import test from 'node:test'

import { formatIp } from '@hindwire/bytes/format-ip.ts'
import * as fc from 'fast-check'

import { normaliseIp } from './json-value.ts'
import { NameIndex } from './name-index.ts'
import { DEFAULT_LIMITS } from './name-record.ts'
import { readNames } from './read-names.ts'

const NOON = Date.parse('2026-01-02T12:00:00Z') * 1000

const metadata = (name: string, labels: Record<string, string> = {}) => ({ name, namespace: 'shop', labels })

function pod(name: string, ip: string, more: { spec?: object; status?: object; labels?: Record<string, string> } = {}) {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata(name, more.labels ?? { app: name.split('-')[0] ?? '' }), annotations: { team: 'blue' } },
    spec: {
      nodeName: 'worker-1',
      containers: [{ ports: [{ name: 'web', containerPort: 8080, protocol: 'TCP' }] }],
      ...more.spec,
    },
    status: { phase: 'Running', podIP: ip, podIPs: [{ ip }], hostIP: '192.168.0.11', ...more.status },
  }
}

function service(name: string, clusterIP: string, spec: object = {}) {
  const ports = [{ port: 80, targetPort: 8080, protocol: 'TCP' }]
  return {
    kind: 'Service',
    metadata: metadata(name, { tier: 'x' }),
    spec: { clusterIP, selector: { app: name }, ports, ...spec },
  }
}

const node = {
  kind: 'Node',
  metadata: { name: 'worker-1', labels: { zone: 'a' } },
  status: {
    addresses: [
      { type: 'InternalIP', address: '192.168.0.11' },
      { type: 'Hostname', address: 'worker-1' },
    ],
  },
}

function list(...items: object[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 4)
}

function index(text: string): NameIndex {
  const { records, warnings } = readNames(text)
  assert.deepEqual(warnings, [])
  return new NameIndex(records)
}

test('kubectl lists one behind the other: pods, services, nodes', () => {
  const text = [list(pod('payment-1', '10.0.1.5')), list(service('payment', '10.96.0.7')), list(node)].join('\n')
  const names = index(text)
  assert.deepEqual(names.find('10.0.1.5', 8080, NOON), {
    kind: 'pod',
    pod: 'payment-1',
    namespace: 'shop',
    service: 'payment',
    node: 'worker-1',
    labels: { app: 'payment' },
    annotations: { team: 'blue' },
  })
  const cluster = names.find('10.96.0.7', 80, NOON)
  assert.deepEqual(
    [cluster?.kind, cluster?.service, cluster?.pod, cluster?.namespace],
    ['service', 'payment', '', 'shop'],
  )
  const host = names.find('192.168.0.11', 22, NOON)
  assert.deepEqual([host?.kind, host?.node, host?.namespace, host?.labels], ['node', 'worker-1', '', { zone: 'a' }])
  assert.equal(names.find('10.9.9.9', 80, NOON), null)
  assert.equal(names.find('10.0.1.5', 8080, NOON), names.find('10.0.1.5', 55_555, NOON))
})

test('in one array, and as typed lists whose items do not say their kind', () => {
  const { kind: _kind, ...bare } = pod('cart-1', '10.0.1.6')
  const names = index(JSON.stringify([{ kind: 'PodList', items: [bare] }, service('cart', '10.96.0.8'), [node]]))
  assert.equal(names.find('10.0.1.6', 0, NOON)?.service, 'cart')
})

function onHost(name: string, port: number) {
  return pod(name, '192.168.0.11', { spec: { hostNetwork: true, containers: [{ ports: [{ containerPort: port }] }] } })
}

test('pods on the host network are told apart by their ports; the address itself is the node', () => {
  const names = index(list(onHost('exporter-1', 9100), onHost('proxy-1', 10_256), node))
  assert.equal(names.find('192.168.0.11', 9100, NOON)?.pod, 'exporter-1')
  assert.equal(names.find('192.168.0.11', 10_256, NOON)?.pod, 'proxy-1')
  assert.deepEqual(
    [names.find('192.168.0.11', 44_444, NOON)?.kind, names.find('192.168.0.11', 9100, NOON, 'udp')?.kind],
    ['node', 'node'],
  )
})

test('a node that is not listed is known by its pods', () => {
  const names = index(list(pod('a-1', '10.0.1.5')))
  assert.deepEqual(
    [names.find('192.168.0.11', 1, NOON)?.node, names.find('192.168.0.11', 1, NOON)?.pod],
    ['worker-1', ''],
  )
})

test('node ports and host ports', () => {
  const ports = [{ port: 80, targetPort: 8080, nodePort: 30_080, protocol: 'TCP' }]
  const published = pod('dns-1', '10.0.1.9', {
    spec: { containers: [{ ports: [{ containerPort: 53, hostPort: 5353, protocol: 'UDP' }] }] },
  })
  const names = index(list(node, service('web', '10.96.0.9', { ports }), published))
  const found = names.find('192.168.0.11', 30_080, NOON)
  assert.deepEqual([found?.kind, found?.service, found?.node], ['service', 'web', 'worker-1'])
  assert.equal(names.find('192.168.0.11', 30_080, NOON), found)
  assert.equal(names.find('192.168.0.11', 5353, NOON, 'udp')?.pod, 'dns-1')
  assert.equal(names.find('10.0.1.9', 30_080, NOON)?.service, '')
})

test('a pod of several services: by port, else the one with an address of its own', () => {
  const labels = { app: 'db' }
  const spec = {
    containers: [
      {
        ports: [
          { name: 'sql', containerPort: 5432 },
          { name: 'metrics', containerPort: 9187 },
        ],
      },
    ],
  }
  const names = index(
    list(
      pod('db-0', '10.0.1.7', { labels, spec }),
      service('a-headless', 'None', { selector: labels, ports: [{ port: 5432, targetPort: 'sql' }] }),
      service('db', '10.96.0.1', { selector: labels, ports: [{ port: 5432, targetPort: 'sql' }] }),
      service('metrics', '10.96.0.2', { selector: labels, ports: [{ port: 80, targetPort: 'metrics' }] }),
      service('no-selector', '10.96.0.3', { selector: {} }),
    ),
  )
  assert.equal(names.find('10.0.1.7', 5432, NOON)?.service, 'db')
  assert.equal(names.find('10.0.1.7', 9187, NOON)?.service, 'metrics')
  assert.equal(names.find('10.0.1.7', 41_000, NOON)?.service, 'db')
})

test('services of another namespace select nothing here', () => {
  const other = service('payment', '10.96.0.7')
  other.metadata.namespace = 'other'
  assert.equal(index(list(pod('payment-1', '10.0.1.5'), other)).find('10.0.1.5', 8080, NOON)?.service, '')
})

test('endpoints: services without a selector, addresses outside, slices', () => {
  const endpoints = {
    kind: 'Endpoints',
    metadata: metadata('legacy'),
    subsets: [
      {
        addresses: [{ ip: '172.16.0.9' }, { ip: '10.0.1.5', targetRef: { kind: 'Pod', name: 'x' } }],
        ports: [{ port: 1 }],
      },
    ],
  }
  const slice = {
    kind: 'EndpointSlice',
    metadata: metadata('legacy-x7', { 'kubernetes.io/service-name': 'sliced' }),
    endpoints: [{ addresses: ['FD00:0:0::1'], targetRef: { kind: 'Pod', name: 'gone-1' }, nodeName: 'worker-2' }],
  }
  const names = index(list(pod('x', '10.0.1.5'), endpoints, slice))
  assert.equal(names.find('10.0.1.5', 1, NOON)?.service, 'legacy')
  const outside = names.find('172.16.0.9', 1, NOON)
  assert.deepEqual([outside?.kind, outside?.service, outside?.pod], ['endpoint', 'legacy', ''])
  const gone = names.find('fd00::1', 1, NOON)
  assert.deepEqual([gone?.pod, gone?.service, gone?.node], ['gone-1', 'sliced', 'worker-2'])
})

test('an address that one pod gave up and another got', () => {
  const first = pod('old-1', '10.0.1.5', {
    status: {
      phase: 'Succeeded',
      startTime: '2026-01-02T10:00:00Z',
      containerStatuses: [{ state: { terminated: { finishedAt: '2026-01-02T11:00:00Z' } } }],
    },
  })
  const second = pod('new-1', '10.0.1.5', { status: { startTime: '2026-01-02T11:30:00Z' } })
  for (const text of [list(first, second), list(second, first)]) {
    const names = index(text)
    const at = (time: string) => names.find('10.0.1.5', 0, Date.parse(`2026-01-02T${time}Z`) * 1000)?.pod
    assert.deepEqual([at('10:30:00'), at('12:00:00')], ['old-1', 'new-1'])
    assert.deepEqual([at('09:00:00'), at('11:05:00'), at('11:29:00')], ['old-1', 'old-1', 'new-1'])
  }
})

test('own records: strict times, ports, short forms', () => {
  const names = index(
    JSON.stringify([
      {
        ip: '10.0.0.1',
        kind: 'pod',
        name: 'a',
        namespace: 'x',
        from: NOON / 1000,
        to: NOON / 1000 + 1000,
        service: 's',
      },
      { ip: '10.0.0.2', port: 80, protocol: 'TCP', kind: 'service', name: 'web' },
      { ip: '10.0.0.3', pod: 'frontend', ns: 'default', svc: 'front', node: 'n1', labels: { v: '2' } },
      { ip: '::ffff:10.0.0.4', svc: 'backend' },
    ]),
  )
  const at = (us: number) => names.find('10.0.0.1', 0, us)?.pod
  assert.deepEqual([at(NOON - 1), at(NOON), at(NOON + 999_999), at(NOON + 1_000_000)], [undefined, 'a', 'a', undefined])
  assert.deepEqual([names.find('10.0.0.2', 80, 0)?.service, names.find('10.0.0.2', 81, 0)], ['web', null])
  const short = names.find('10.0.0.3', 1, 0)
  assert.deepEqual(
    [short?.pod, short?.namespace, short?.service, short?.node, short?.labels],
    ['frontend', 'default', 'front', 'n1', { v: '2' }],
  )
  assert.equal(names.find('10.0.0.4', 1, 0)?.kind, 'service')
})

test('what is wrong is said, and the rest is read', () => {
  const bad = [
    { ip: 'not-an-ip', name: 'x' },
    { name: 'x' },
    { ip: '1.2.3.4' },
    { ip: '1.2.3.4', kind: 'cat', name: 'x' },
    7,
  ]
  const text = `${JSON.stringify([...bad, { ip: '1.2.3.4', name: 'ok' }])} {"kind": "List", "items": [{"kind":"Secret","metadata":{}}]} {"a": `
  const { records, warnings, unusable } = readNames(text)
  assert.deepEqual([records.map(({ name }) => name), unusable], [['ok'], false])
  assert.equal(warnings.length, 7)
  for (const part of [
    'Record 1: "ip" is "not-an-ip"',
    '"ip" is missing',
    '"name" is missing',
    'use pod, service',
    '7 is no',
  ]) {
    assert.ok(
      warnings.some((warning) => warning.includes(part)),
      `${part} in ${warnings.join('\n')}`,
    )
  }
  assert.ok(warnings.some((warning) => warning.includes('left out: Secret')))
  assert.ok(warnings.some((warning) => /JSON document at character \d+ cannot be read/.test(warning)))
  for (const nothing of ['', '   ', 'hello', '<html>', 'null', '[]', '{}', '{"items":[]}']) {
    assert.equal(readNames(nothing).unusable, true, nothing)
  }
})

test('limits: records, labels, long values, depth', () => {
  const many = Array.from({ length: 30 }, (_, i) => ({ ip: `10.0.0.${i}`, name: `p${i}` }))
  const cut = readNames(JSON.stringify(many), { ...DEFAULT_LIMITS, maxRecords: 10 })
  assert.equal(cut.records.length, 10)
  assert.match(cut.warnings[0] ?? '', /beyond the limit of 10/)
  const labels = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`l${i}`, 'x']))
  const [record] = readNames(
    JSON.stringify({ ip: '1.1.1.1', name: 'x', labels, annotations: { long: 'y'.repeat(10_000) } }),
  ).records
  assert.deepEqual([Object.keys(record?.labels ?? {}).length, record?.annotations], [64, undefined])
  assert.match(readNames('['.repeat(50) + ']'.repeat(50)).warnings[0] ?? '', /nested too deeply/)
  assert.equal(readNames('['.repeat(1_000_000)).unusable, true)
})

test('any text is read without throwing, any JSON too', () => {
  const seed = 20_261_122
  fc.assert(
    fc.property(fc.string(), (text) => void new NameIndex(readNames(text).records)),
    { seed, numRuns: 300 },
  )
  const json = fc.jsonValue({ maxDepth: 5 })
  const kinds = fc.constantFrom('Pod', 'Service', 'Node', 'Endpoints', 'EndpointSlice')
  const object = fc.record({ kind: kinds, metadata: json, spec: json, status: json, subsets: json, endpoints: json })
  fc.assert(
    fc.property(fc.array(fc.oneof(object, json)), (values) => void readNames(JSON.stringify(values))),
    { seed, numRuns: 300 },
  )
})

test('addresses have the form that flows have', () => {
  const word = fc.oneof(fc.constantFrom(0, 1, 0xffff, 0x00010000), fc.nat({ max: 0xffffffff }))
  const property = fc.property(word, word, word, word, (a, b, c, d) => {
    const text = formatIp(a, b, c, d)
    assert.equal(normaliseIp(text), text)
    assert.equal(normaliseIp(text.toUpperCase()), text)
  })
  fc.assert(property, { seed: 20_261_122, numRuns: 2000 })
  assert.equal(normaliseIp('0:0:0:0:0:FFFF:0A00:0001'), '10.0.0.1')
  assert.equal(normaliseIp('fe80::1%eth0'), 'fe80::1')
  for (const bad of ['', '1.2.3', '1.2.3.256', '10.0.0.1:80', 'None', '::1::']) assert.equal(normaliseIp(bad), '')
})
