import { type HeaderField, UNKNOWN_FIELD } from './header-field.ts'
import { INITIAL_TABLE_BYTES, MAX_TABLE_BYTES } from './limits.ts'

/** The dynamic table of one direction (RFC 7541, section 2.3.2). */
export class DynamicTable {
  /** Oldest first; entries before `#head` are evicted. */
  #entries: HeaderField[] = []
  #head = 0
  #size = 0
  #maxSize = INITIAL_TABLE_BYTES

  /** Entry by its distance from the newest; UNKNOWN_FIELD when it was never seen. */
  at(distance: number): HeaderField {
    const index = this.#entries.length - 1 - distance
    return index >= this.#head ? (this.#entries[index] as HeaderField) : UNKNOWN_FIELD
  }

  add(field: HeaderField): void {
    this.#entries.push(field)
    this.#size += field.size
    if (this.#size > this.#maxSize) this.#evict()
  }

  /** Dynamic table size update (section 6.3). */
  resize(bytes: number): void {
    this.#maxSize = Math.min(bytes, MAX_TABLE_BYTES)
    this.#evict()
  }

  /** What the table holds is not what the encoder's holds any more: entries have been added that were not seen. */
  forget(): void {
    this.#entries = []
    this.#head = 0
    this.#size = 0
  }

  #evict(): void {
    const entries = this.#entries
    while (this.#size > this.#maxSize && this.#head < entries.length) {
      this.#size -= (entries[this.#head] as HeaderField).size
      entries[this.#head++] = UNKNOWN_FIELD
    }
    if (this.#head === entries.length) this.forget()
    else if (this.#head > 64 && this.#head * 2 > entries.length) {
      entries.splice(0, this.#head)
      this.#head = 0
    }
  }
}
