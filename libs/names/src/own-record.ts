import { type JsonObject, normaliseIp, pairsAt, portAt, protocolAt, textAt, timeAt } from './json-value.ts'
import type { NameKind, NameLimits, NameRecord } from './name-record.ts'

const KINDS: readonly NameKind[] = ['pod', 'service', 'node', 'endpoint']

/**
 * Reads a record in Hindwire's own form: `{"ip","port"?,"protocol"?,"kind","name","namespace"?,"node"?,"service"?,
 * "labels"?,"annotations"?,"from"?,"to"?}`, times in ms since 1970 or ISO 8601. Without `kind`, `pod` or `svc` as
 * members tell it.
 * @returns the record, or a sentence that says what is wrong with it
 */
export function readOwnRecord(object: JsonObject, limits: NameLimits): NameRecord | string {
  const ip = normaliseIp(textAt(object, 'ip'))
  if (ip === '') return `"ip" is ${JSON.stringify(object['ip']) ?? 'missing'}, which is no address`
  const kind = kindOf(object)
  if (kind === undefined) return `"kind" is ${JSON.stringify(object['kind'])}: use ${KINDS.join(', ')}`
  const service = textAt(object, 'service') || textAt(object, 'svc')
  const name = textAt(object, 'name') || textAt(object, kind) || (kind === 'service' ? service : '')
  if (name === '') return '"name" is missing'
  const given = {
    port: portAt(object, 'port') || undefined,
    protocol: protocolAt(object, 'protocol'),
    namespace: textAt(object, 'namespace') || textAt(object, 'ns'),
    node: kind === 'node' ? name : textAt(object, 'node'),
    service: kind === 'service' ? name : service,
    labels: pairsAt(object, 'labels', limits),
    annotations: pairsAt(object, 'annotations', limits),
    from: timeAt(object, 'from'),
    to: timeAt(object, 'to'),
  }
  const filled = Object.entries(given).filter(([, value]) => value !== undefined && value !== '')
  return { ip, kind, name, ...(Object.fromEntries(filled) as Partial<NameRecord>) }
}

function kindOf(object: JsonObject): NameKind | undefined {
  const given = (textAt(object, 'kind') || textAt(object, 'type')).toLowerCase()
  if (given !== '') return KINDS.find((kind) => kind === given)
  if ('pod' in object) return 'pod'
  if ('svc' in object || ('service' in object && !('name' in object))) return 'service'
  return 'node' in object && !('name' in object) ? 'node' : 'pod'
}
