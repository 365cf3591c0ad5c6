import { u32le } from '@hindwire/bytes/endian.ts'

const eight = new DataView(new ArrayBuffer(8))

function load(bytes: Uint8Array, at: number): void {
  eight.setUint32(0, u32le(bytes, at), true)
  eight.setUint32(4, u32le(bytes, at + 4), true)
}

/** Little-endian IEEE 754 double. */
export function doubleAt(bytes: Uint8Array, at: number): number {
  load(bytes, at)
  return eight.getFloat64(0, true)
}

/** Little-endian signed 64 bit. */
export function int64At(bytes: Uint8Array, at: number): bigint {
  load(bytes, at)
  return eight.getBigInt64(0, true)
}

const MAX_COEFFICIENT = 10n ** 34n - 1n

/**
 * IEEE 754-2008 decimal128, binary integer form, as text (specifications/bson-decimal128 in mongodb/specifications):
 * sign, combination (2 bits `11`: the exponent lies two bits lower), exponent of 14 bits with bias 6176, coefficient.
 */
export function decimal128(bytes: Uint8Array, at: number): string {
  const low = BigInt.asUintN(64, int64At(bytes, at))
  const high = BigInt.asUintN(64, int64At(bytes, at + 8))
  const sign = high >> 63n === 1n ? '-' : ''
  const combination = Number((high >> 58n) & 0x1fn)
  if (combination === 0x1f) return 'NaN'
  if (combination === 0x1e) return `${sign}Infinity`
  const shifted = combination >> 3 === 3
  const exponent = Number((high >> (shifted ? 47n : 49n)) & 0x3fffn) - 6176
  // The shifted form begins with an implied 0b100: always above the largest coefficient, which counts as 0.
  let coefficient = shifted ? 0n : ((high & 0x1_ffff_ffff_ffffn) << 64n) | low
  if (coefficient > MAX_COEFFICIENT) coefficient = 0n
  return sign + decimalText(String(coefficient), exponent)
}

function decimalText(digits: string, exponent: number): string {
  const scientific = digits.length - 1 + exponent
  if (exponent > 0 || scientific < -6) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ''
    return `${digits[0]}${fraction}E${scientific < 0 ? '' : '+'}${scientific}`
  }
  if (exponent === 0) return digits
  const padded = digits.padStart(1 - exponent, '0')
  return `${padded.slice(0, exponent)}.${padded.slice(exponent)}`
}
