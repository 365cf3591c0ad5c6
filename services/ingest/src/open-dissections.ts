import { AppError } from '@hindwire/service-kit/app-error.ts'
import type { Store } from '@hindwire/store/store.ts'

/**
 * Which dissections take rows. The store decides; this remembers its answers, and keeps a drop from overtaking inserts
 * that are under way.
 */
export class OpenDissections {
  readonly #store: Store
  readonly #open = new Map<number, Promise<void>>()
  readonly #dropped = new Set<number>()
  readonly #underway = new Map<number, Set<Promise<void>>>()

  constructor(store: Store) {
    this.#store = store
  }

  /**
   * Runs an insert into a dissection, which is made when it is new.
   * @throws AppError `dissection_sealed`, `dissection_dropped` (409)
   */
  async insert(id: number, work: () => Promise<void>): Promise<void> {
    let opened = this.#open.get(id)
    if (opened === undefined) {
      opened = this.#register(id)
      this.#open.set(id, opened)
      opened.catch(() => this.#open.delete(id))
    }
    await opened
    if (this.#dropped.has(id)) throw dropped(id)
    const running = work()
    const all = this.#underway.get(id) ?? new Set()
    this.#underway.set(id, all)
    all.add(running)
    try {
      await running
    } finally {
      all.delete(running)
      if (all.size === 0) this.#underway.delete(id)
    }
  }

  /** Nothing more is taken for it. Resolves when no insert into it is under way here. */
  async close(id: number): Promise<void> {
    this.#open.delete(id)
    const underway = this.#underway.get(id)
    if (underway !== undefined) await Promise.allSettled(underway)
  }

  /** The same, for good. */
  async drop(id: number): Promise<void> {
    this.#dropped.add(id)
    await this.close(id)
    try {
      await this.#store.dropDissection(id)
    } finally {
      // From here on the store remembers it.
      this.#dropped.delete(id)
    }
  }

  async #register(id: number): Promise<void> {
    const state = await this.#store.registerDissection(id)
    if (state === 'dropped') throw dropped(id)
    if (state === 'sealed') {
      throw new AppError('dissection_sealed', 409, `The dissection ${id} is complete and takes no more rows.`)
    }
  }
}

function dropped(id: number): AppError {
  return new AppError('dissection_dropped', 409, `The dissection ${id} was deleted and takes no more rows.`)
}
