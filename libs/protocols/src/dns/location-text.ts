/** LOC records (RFC 1876) as text. */
import type { RecordData } from './record-data.ts'

const EQUATOR = 2 ** 31

/** Thousandths of an arc second from 2^31 as degrees, minutes, seconds. */
function angle(value: number, positive: string, negative: string): string {
  const distance = Math.abs(value - EQUATOR)
  const degrees = Math.floor(distance / 3_600_000)
  const minutes = Math.floor((distance % 3_600_000) / 60_000)
  return `${degrees} ${minutes} ${((distance % 60_000) / 1000).toFixed(3)} ${value >= EQUATOR ? positive : negative}`
}

/** Centimetres as base and power of ten, four bits each. */
function precision(byte: number): string {
  return `${((byte >> 4) * 10 ** (byte & 15)) / 100}m`
}

/** Latitude, longitude, altitude, size, horizontal and vertical precision. Only version 0 is defined. */
export function locationText(data: RecordData): string {
  if (data.u8() !== 0) {
    data.overrun = true
    return ''
  }
  const sizes = [data.u8(), data.u8(), data.u8()].map(precision).join(' ')
  const position = `${angle(data.u32(), 'N', 'S')} ${angle(data.u32(), 'E', 'W')}`
  return `${position} ${((data.u32() - 10_000_000) / 100).toFixed(2)}m ${sizes}`
}
