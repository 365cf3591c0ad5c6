import { AppError } from '@hindwire/service-kit/app-error.ts'

/** How many requests may be under way at the same time. */
export class RequestLimit {
  readonly #max: number
  readonly #what: string
  #open = 0

  constructor(max: number, what: string) {
    this.#max = max
    this.#what = what
  }

  /**
   * Takes a place. The function that it returns gives it back; calling it again changes nothing.
   * @throws AppError `overloaded` (503)
   */
  enter(): () => void {
    if (this.#open >= this.#max) {
      const text = `The server answers ${this.#max} ${this.#what} at a time, and no more. Try again shortly.`
      throw new AppError('overloaded', 503, text, { details: { limit: this.#max } })
    }
    this.#open += 1
    let inside = true
    return () => {
      if (inside) this.#open -= 1
      inside = false
    }
  }
}
