/** The machines of the example: who has which address, and the name records of it, as kubectl prints them. */
export interface Pod {
  readonly name: string
  readonly namespace: string
  readonly app: string
  readonly ip: string
  readonly node: string
  readonly port: number
}

export interface Service {
  readonly name: string
  readonly namespace: string
  readonly clusterIp: string
  readonly port: number
  readonly protocol: 'TCP' | 'UDP'
  readonly pods: readonly Pod[]
}

const nodes = [
  { name: 'worker-1', ip: '192.168.10.11' },
  { name: 'worker-2', ip: '192.168.10.12' },
] as const

function pod(name: string, app: string, ip: string, port = 8080, namespace = 'shop'): Pod {
  return { name, namespace, app, ip, port, node: ip.startsWith('10.244.1.') ? 'worker-1' : 'worker-2' }
}

function service(name: string, clusterIp: string, pods: readonly Pod[], port = 80): Service {
  const { namespace } = pods[0] as Pod
  return { name, namespace, clusterIp, port, protocol: port === 53 ? 'UDP' : 'TCP', pods }
}

export const services = {
  frontend: service('frontend', '10.96.110.10', [
    pod('frontend-7c9d8b6f5-2xk9q', 'frontend', '10.244.1.11'),
    pod('frontend-7c9d8b6f5-w8m4z', 'frontend', '10.244.2.11'),
  ]),
  checkout: service('checkout', '10.96.110.20', [
    pod('checkout-5f6b9d4c88-jt7vn', 'checkout', '10.244.1.21'),
    pod('checkout-5f6b9d4c88-q2hrd', 'checkout', '10.244.2.21'),
  ]),
  payment: service('payment', '10.96.110.30', [pod('payment-84cf7d9b6d-x5zlp', 'payment', '10.244.2.31')]),
  inventory: service('inventory', '10.96.110.40', [pod('inventory-66b8c5d7f9-nb4wk', 'inventory', '10.244.1.41')]),
  notification: service('notification', '10.96.110.50', [
    pod('notification-7d4f8c9b5b-s6gtm', 'notification', '10.244.2.51'),
  ]),
  redis: service('redis', '10.96.120.6', [pod('redis-0', 'redis', '10.244.1.61', 6379, 'data')], 6379),
  dns: service(
    'kube-dns',
    '10.96.0.10',
    [pod('coredns-7db6d8ff4d-4h2kp', 'kube-dns', '10.244.1.2', 53, 'kube-system')],
    53,
  ),
} as const

const all: readonly Service[] = Object.values(services)

/** Address of the node that a pod runs on: the kubelet's probes come from there. */
export function nodeAddress(of: Pod): string {
  return nodes.find(({ name }) => name === of.node)?.ip ?? ''
}

const CREATED = '2026-03-12T08:30:00Z'

/** What `kubectl get pods,services,endpoints,nodes -A -o json` printed at the time, without what nobody reads. */
export function resolutionRecords(): object {
  const items = [
    ...all.flatMap(({ pods }) => pods.map(podItem)),
    ...all.map(serviceItem),
    ...all.map(endpointsItem),
    ...nodes.map(nodeItem),
  ]
  return { apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } }
}

function labelsOf(app: string): Record<string, string> {
  return app === 'kube-dns' ? { 'k8s-app': app } : { app, 'app.kubernetes.io/part-of': 'shop' }
}

function podItem(of: Pod): object {
  const kind = of.app === 'redis' ? 'StatefulSet' : 'ReplicaSet'
  const owner = of.name.slice(0, of.name.lastIndexOf('-'))
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      creationTimestamp: CREATED,
      labels: labelsOf(of.app),
      name: of.name,
      namespace: of.namespace,
      ownerReferences: [{ apiVersion: 'apps/v1', controller: true, kind, name: owner }],
    },
    spec: { containers: [{ name: of.app, ports: [{ containerPort: of.port }] }], nodeName: of.node },
    status: { hostIP: nodeAddress(of), phase: 'Running', podIP: of.ip, podIPs: [{ ip: of.ip }], startTime: CREATED },
  }
}

function serviceItem(of: Service): object {
  const first = of.pods[0] as Pod
  const { clusterIp: clusterIP, port, protocol } = of
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { creationTimestamp: CREATED, labels: labelsOf(first.app), name: of.name, namespace: of.namespace },
    spec: {
      clusterIP,
      clusterIPs: [clusterIP],
      ports: [{ port, protocol, targetPort: first.port }],
      selector: labelsOf(first.app),
      type: of.name === 'frontend' ? 'LoadBalancer' : 'ClusterIP',
    },
  }
}

function endpointsItem(of: Service): object {
  const addresses = of.pods.map(({ ip, name, namespace, node }) => ({
    ip,
    nodeName: node,
    targetRef: { kind: 'Pod', name, namespace },
  }))
  const ports = [{ port: (of.pods[0] as Pod).port, protocol: of.protocol }]
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { creationTimestamp: CREATED, name: of.name, namespace: of.namespace },
    subsets: [{ addresses, ports }],
  }
}

function nodeItem({ name, ip }: (typeof nodes)[number]): object {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { creationTimestamp: CREATED, labels: { 'kubernetes.io/hostname': name }, name },
    spec: { podCIDR: name === 'worker-1' ? '10.244.1.0/24' : '10.244.2.0/24' },
    status: {
      addresses: [
        { address: ip, type: 'InternalIP' },
        { address: name, type: 'Hostname' },
      ],
    },
  }
}
