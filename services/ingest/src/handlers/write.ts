import type { Ack, Batch } from '@hindwire/rpc/gen/hindwire/v1/ingest_pb.ts'
import type { CallContext } from '@hindwire/rpc/serve-call.ts'
import { AppError } from '@hindwire/service-kit/app-error.ts'

import type { IngestContext } from '../context.ts'
import { withIngestErrors } from '../ingest-error.ts'
import type { InsertSlots } from '../insert-slots.ts'
import type { OpenDissections } from '../open-dissections.ts'

/** Batches of one stream that are under way together: while one is being stored, the next arrives. */
const PER_STREAM = 2
/** The writer is told to come again before its own patience (60 s) ends. */
const RETRY_FOR_MS = 20_000

type AckInit = Pick<Ack, 'token' | 'rows'>

export class BatchInserter {
  readonly #context: IngestContext
  readonly #slots: InsertSlots
  readonly #dissections: OpenDissections
  readonly #counters

  constructor(context: IngestContext, slots: InsertSlots, dissections: OpenDissections) {
    this.#context = context
    this.#slots = slots
    this.#dissections = dissections
    const { metrics } = context
    this.#counters = {
      batches: metrics.counter('ingest_batches_total', 'Batches stored, repeated ones included.'),
      rows: metrics.counter('ingest_rows_total', 'Rows of these batches.'),
      bytes: metrics.counter('ingest_bytes_total', 'Bytes of their blocks.'),
      seconds: metrics.histogram('ingest_insert_seconds', 'Time to store one batch, waiting for a place included.'),
    }
  }

  /**
   * Stores batches as they come. Acknowledgements keep their order; an acknowledgement never waits for the next batch.
   */
  async *write(batches: AsyncIterable<Batch>, call: CallContext): AsyncGenerator<AckInit> {
    const source = batches[Symbol.asyncIterator]()
    const underway: Promise<AckInit>[] = []
    let next: Promise<IteratorResult<Batch>> | null = null
    for (;;) {
      if (next === null && underway.length < PER_STREAM) {
        next = source.next()
        // A stream that breaks while an error is on its way to the caller has nobody else to tell.
        next.catch(() => {})
      }
      const [first] = underway
      const arrived = next === null ? null : await Promise.race([next, ...(first === undefined ? [] : [first])])
      if (arrived !== null && 'done' in arrived) {
        next = null
        if (arrived.done) break
        const stored = this.#store(arrived.value, call.signal)
        // A later batch that fails is reported in its turn; until then it is not an unhandled rejection.
        stored.catch(() => {})
        underway.push(stored)
      } else {
        yield await (underway.shift() as Promise<AckInit>)
      }
    }
    for (const stored of underway) yield await stored
  }

  async #store(batch: Batch, signal: AbortSignal): Promise<AckInit> {
    const { dissection, token, rows, block } = batch
    this.#check(batch)
    const started = performance.now()
    await this.#slots.run(() =>
      withIngestErrors(() =>
        this.#dissections.insert(dissection, () =>
          this.#context.store.insertEntries(block, { token, signal, retryForMs: RETRY_FOR_MS }),
        ),
      ),
    )
    this.#counters.batches.inc()
    this.#counters.rows.inc(rows)
    this.#counters.bytes.inc(block.byteLength)
    this.#counters.seconds.observe((performance.now() - started) / 1000)
    return { token, rows }
  }

  #check({ dissection, token, schemaVersion, block }: Batch): void {
    const own = this.#context.store.schemaVersion
    if (schemaVersion !== own) {
      const text = `The batch is of schema ${JSON.stringify(schemaVersion)}, the tables are at ${own}. Run one version.`
      throw new AppError('schema_mismatch', 409, text, { details: { batch: schemaVersion, store: own } })
    }
    if (dissection === 0 || !token.startsWith(`${dissection}/`)) {
      const text = `The token ${JSON.stringify(token)} does not belong to the dissection ${dissection}.`
      throw new AppError('invalid_token', 400, text)
    }
    if (block.byteLength === 0) throw new AppError('empty_block', 400, `The batch ${token} has no block.`)
  }
}
