/**
 * The port for job state: keys with text values and revisions. Every promise here is one that a JetStream KV bucket
 * keeps too; adapters are held to job-store-contract.ts.
 *
 * Keys are dot-separated tokens of `[A-Za-z0-9_=-]+`. A prefix is empty or whole tokens with a dot behind them
 * (`job.a.`), so that it can be a subject filter.
 */
export interface JobStore {
  get(key: string): Promise<StoredValue | null>
  /** @throws AppError `revision_conflict` (409) when the key exists */
  create(key: string, value: string): Promise<number>
  /** @throws AppError `revision_conflict` (409) when the key's revision is another one, or it is gone */
  update(key: string, value: string, revision: number): Promise<number>
  /** Writes whatever is there. */
  put(key: string, value: string): Promise<number>
  /** Deleting what is not there succeeds, unless a revision is given: then as `update`. */
  delete(key: string, revision?: number): Promise<void>
  /** All keys under a prefix, in key order. */
  list(prefix: string): Promise<StoredValue[]>
  /**
   * What is there now, then `current`, then every change until `signal` is aborted or the loop is left. Between two
   * steps of a slow reader, several changes of one key may become one: its last.
   */
  watch(prefix: string, options?: { readonly signal?: AbortSignal }): AsyncIterableIterator<Change>
  close(): Promise<void>
}

/** NATS servers refuse larger payloads by default. */
export const MAX_VALUE_BYTES = 1024 * 1024

export interface StoredValue {
  readonly key: string
  readonly value: string
  /** Grows with every write to the store; never repeats, also not when a key is deleted and created again. */
  readonly revision: number
}

export type Change =
  | ({ readonly kind: 'put' } & StoredValue)
  | { readonly kind: 'delete'; readonly key: string; readonly revision: number }
  | { readonly kind: 'current' }

const KEY = /^[\w=-]+(\.[\w=-]+)*$/
const PREFIX = /^([\w=-]+\.)*$/

/** @throws Error for a key outside the alphabet: keys are made by the program, never by users */
export function checkKey(key: string): void {
  if (!KEY.test(key) || key.length > 512) throw new Error(`invalid key ${JSON.stringify(key)}`)
}

/** @throws Error for a prefix that is not whole tokens */
export function checkPrefix(prefix: string): void {
  if (!PREFIX.test(prefix)) throw new Error(`invalid prefix ${JSON.stringify(prefix)}`)
}
