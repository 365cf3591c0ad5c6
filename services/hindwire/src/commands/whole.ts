import { InvalidArgumentError } from 'commander'

/** A whole number within bounds, for an option. */
export function whole(low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= low && value <= high) return value
    throw new InvalidArgumentError(`it must be a whole number from ${low} to ${high}`)
  }
}
