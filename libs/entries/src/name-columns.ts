import { column } from '@hindwire/protocols/contract/column.ts'

/** Columns that are written from the names of a snapshot, and by no protocol. */
export const NameColumns = {
  nodeIp: column('node_ip', 'label', 'address of the node that captured it'),
} as const
