import type { Message } from '../contract/message.ts'

/** A FIFO of messages: an array with a moving head, so that taking from the front does not shift the rest. */
export class MessageQueue {
  #items: Message[] = []
  #head = 0

  get length(): number {
    return this.#items.length - this.#head
  }

  push(message: Message): void {
    this.#items.push(message)
  }

  /** The n-th from the front, without taking it. */
  at(n: number): Message | undefined {
    return this.#items[this.#head + n]
  }

  shift(): Message | undefined {
    const message = this.#items[this.#head]
    if (message === undefined) return undefined
    this.#head++
    if (this.#head === this.#items.length) {
      this.#items.length = 0
      this.#head = 0
    } else if (this.#head === 64) {
      this.#items.splice(0, 64)
      this.#head = 0
    }
    return message
  }
}
