/** What names an entry within a database, the same in every run. */
export interface EntryId {
  readonly node: string
  readonly flow: number
  readonly index: number
}

/** Nodes are named as everything that a person names; a capture without a node has an empty one. */
const FORM = /^(?<node>(?:[A-Za-z0-9][A-Za-z0-9._-]{0,127})?)\/(?<flow>0|[1-9]\d{0,15})\/(?<index>0|[1-9]\d{0,9})$/u
const LARGEST_INDEX = 0xffff_ffff

/** `<node>/<flow>/<index>`, e.g. `worker-1/204/0`. */
export function formatEntryId({ node, flow, index }: EntryId): string {
  return `${node}/${flow}/${index}`
}

/** The parts of such an id; null where the text is none. */
export function parseEntryId(text: string): EntryId | null {
  const { node, flow, index } = FORM.exec(text)?.groups ?? {}
  if (node === undefined) return null
  const id = { node, flow: Number(flow), index: Number(index) }
  return Number.isSafeInteger(id.flow) && id.index <= LARGEST_INDEX ? id : null
}
