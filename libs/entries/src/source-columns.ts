import type { FieldSource } from '@hindwire/protocols/contract/field.ts'

/** Columns that a source reads, each once. Sources that look at protocol or side read those columns too. */
export function sourceColumns(source: FieldSource): readonly string[] {
  return [...new Set(read(source))]
}

function read(source: FieldSource): readonly string[] {
  if ('column' in source) return [source.column]
  if ('constant' in source) return []
  if ('sum' in source) return source.sum
  if ('ratio' in source) return [source.ratio, ...source.to]
  if ('present' in source) return [source.present]
  if ('protocolIn' in source) return ['protocol']
  if ('oneOf' in source) return [source.of]
  if ('firstOf' in source) return source.firstOf
  if ('listOf' in source) return source.listOf
  if ('joined' in source) return source.joined
  if ('mapOf' in source) return Object.values(source.mapOf)
  if ('ifPresent' in source) return [source.ifPresent, ...read(source.value), ...read(source.otherwise)]
  if ('side' in source) return ['node', 'src_node', 'dst_node', ...read(source.client), ...read(source.server)]
  return ['dissection']
}
