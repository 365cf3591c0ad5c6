/**
 * Turns pcapng timestamps into whole microseconds. They are 64-bit counts of units of 10^-n or 2^-n seconds
 * (if_tsresol, default 10^-6), more than a double holds, so high and low half are scaled apart.
 */
export interface TimeScale {
  /** Units per microsecond for decimal resolutions from 10^-6 on; 0 for all others. */
  readonly divisor: number
  /** 2^32 units: whole microseconds and the units that remain. */
  readonly highQuotient: number
  readonly highRemainder: number
  /** For other resolutions: units per second. */
  readonly unitsPerSecond: number
  /** if_tsoffset in microseconds. */
  readonly offset: number
}

const TWO_32 = 0x1_0000_0000

/** @param resolution the if_tsresol byte: decimal exponent, or binary with the high bit set */
export function timeScale(resolution: number, offsetSeconds: number): TimeScale {
  const exponent = resolution & 0x7f
  const decimal = (resolution & 0x80) === 0
  const offset = offsetSeconds * 1_000_000
  const unitsPerSecond = decimal ? 10 ** exponent : 2 ** exponent
  if (!decimal || exponent < 6) return { divisor: 0, highQuotient: 0, highRemainder: 0, unitsPerSecond, offset }
  const divisor = 10 ** (exponent - 6)
  const highQuotient = Math.floor(TWO_32 / divisor)
  return { divisor, highQuotient, highRemainder: TWO_32 % divisor, unitsPerSecond, offset }
}

/** Microseconds since the Unix epoch. */
export function scaledTime(scale: TimeScale, high: number, low: number): number {
  if (scale.divisor === 1) return high * TWO_32 + low + scale.offset
  if (scale.divisor > 0) {
    return high * scale.highQuotient + Math.floor((high * scale.highRemainder + low) / scale.divisor) + scale.offset
  }
  // Whole seconds first: their product with 10^6 is exact, which the count of units itself need not be.
  const units = scale.unitsPerSecond
  const highSeconds = Math.floor((high * TWO_32) / units)
  const rest = high * TWO_32 - highSeconds * units + low
  return highSeconds * 1_000_000 + Math.floor((rest * 1_000_000) / units) + scale.offset
}
