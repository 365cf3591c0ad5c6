import type { Field, FieldSource } from '@hindwire/protocols/contract/field.ts'

interface Side {
  readonly variable: 'src' | 'dst'
  readonly who: 'client' | 'server'
}

const sides: readonly Side[] = [
  { variable: 'src', who: 'client' },
  { variable: 'dst', who: 'server' },
]

const empty: FieldSource = { constant: '' }

function endpointNames({ variable, who }: Side): readonly Field[] {
  const pod = `${variable}_pod`
  const namespace = `${variable}_namespace`
  const service = `${variable}_service`
  const dns = `${variable}_dns`
  return [
    {
      variable: `${variable}.name`,
      type: 'string',
      source: { firstOf: [pod, service, dns] },
      description: `name of the ${who}: its pod, else its service, else its DNS name`,
      example: `${variable}.name == "checkout"`,
    },
    {
      variable: `${variable}.namespace`,
      type: 'string',
      source: { column: namespace },
      description: `namespace of the ${who}`,
      example: `${variable}.namespace == "shop"`,
    },
    {
      variable: `${variable}.pod.name`,
      type: 'string',
      source: { firstOf: [pod, service] },
      description: `pod of the ${who}; its service, where the pod is unknown`,
      example: `${variable}.pod.name.startsWith("checkout-")`,
    },
    {
      variable: `${variable}.pod.namespace`,
      type: 'string',
      source: { column: namespace },
      description: `namespace of the pod of the ${who}; its service's, where the pod is unknown`,
      example: `${variable}.pod.namespace == "shop"`,
    },
    {
      variable: `${variable}.service.name`,
      type: 'string',
      source: { column: service },
      description: `service of the ${who}`,
      example: `${variable}.service.name == "checkout"`,
    },
    {
      variable: `${variable}.service.namespace`,
      type: 'string',
      source: { ifPresent: service, value: { column: namespace }, otherwise: empty },
      description: `namespace of the service of the ${who}`,
      example: `${variable}.service.namespace == "shop"`,
    },
    {
      variable: `${variable}.node`,
      type: 'string',
      source: { column: `${variable}_node` },
      description: `node that the ${who} runs on`,
      example: `${variable}.node == "worker-2"`,
    },
    {
      variable: `${variable}.dns`,
      type: 'string',
      source: { column: dns },
      description: `name that DNS answers in the same capture gave for the ${who}`,
      example: `${variable}.dns == "db.example.com"`,
    },
  ]
}

const listFields: readonly Field[] = [
  {
    variable: 'namespaces',
    type: 'list<string>',
    source: { listOf: ['src_namespace', 'dst_namespace'] },
    description: 'namespaces of client and server',
    example: '"shop" in namespaces',
  },
  {
    variable: 'pods',
    type: 'list<string>',
    source: { listOf: ['src_pod', 'dst_pod'] },
    description: 'pods of client and server',
    example: '"checkout-abc" in pods',
  },
  {
    variable: 'services',
    type: 'list<string>',
    source: { listOf: ['src_service', 'dst_service'] },
    description: 'services of client and server',
    example: '"checkout" in services',
  },
  {
    variable: 'dns_resolutions',
    type: 'list<string>',
    source: { listOf: ['src_dns', 'dst_dns'] },
    description: 'names that DNS answers in the same capture gave for client and server',
    example: '"db.example.com" in dns_resolutions',
  },
]

function known(column: string, otherwise: FieldSource): FieldSource {
  return { ifPresent: column, value: empty, otherwise }
}

/** `''` where anything names the side, as in the original; the one failure that captures know is a look-up's miss. */
function resolution(side: 'src' | 'dst'): FieldSource {
  return known(`${side}_pod`, known(`${side}_service`, known(`${side}_dns`, { constant: 'cache_miss' })))
}

function localAndRemote(side: 'local' | 'remote'): readonly Field[] {
  const where = side === 'local' ? 'the side on the capturing node' : 'the side away from the capturing node'
  const ofSide = (client: FieldSource, server: FieldSource): FieldSource => ({ side, client, server })
  return [
    {
      variable: `${side}_labels`,
      type: 'map<string,string>',
      source: ofSide({ column: 'src_labels' }, { column: 'dst_labels' }),
      description: `labels of ${where}`,
      example: `map_get(${side}_labels, "app", "") == "checkout"`,
    },
    {
      variable: `${side}_annotations`,
      type: 'map<string,string>',
      source: ofSide({ column: 'src_annotations' }, { column: 'dst_annotations' }),
      description: `annotations of ${where}`,
      example: `"team" in ${side}_annotations`,
    },
    {
      variable: `${side}_node_name`,
      type: 'string',
      source: ofSide({ column: 'src_node' }, { column: 'dst_node' }),
      description: `node of ${where}`,
      example: `${side}_node_name == "worker-2"`,
    },
    {
      variable: `${side}_process_name`,
      type: 'string',
      source: empty,
      description: 'always empty: packets do not name processes',
      example: `${side}_process_name == ""`,
    },
    {
      variable: `${side}_resolution_status`,
      type: 'string',
      source: ofSide(resolution('src'), resolution('dst')),
      description: `empty where the name of ${where} is known, else cache_miss`,
      example: `${side}_resolution_status == ""`,
    },
  ]
}

const nodeFields: readonly Field[] = [
  {
    variable: 'node_name',
    type: 'string',
    source: { column: 'node' },
    description: 'capturing node',
    example: 'node_name == "worker-1"',
  },
  {
    variable: 'node_ip',
    type: 'string',
    source: { column: 'node_ip' },
    description: 'address of the capturing node, where the name records of the snapshot give it',
    example: 'node_ip == "192.168.1.11"',
  },
]

/** Variables of names: who client and server were. */
export const nameFields: readonly Field[] = [
  ...sides.flatMap(endpointNames),
  ...listFields,
  ...nodeFields,
  ...localAndRemote('local'),
  ...localAndRemote('remote'),
]
