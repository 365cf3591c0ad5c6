import type { Direction } from '../flow.ts'
import { Half, HalfTime, type TcpRecords } from './tcp-records.ts'

/** The record being worked on, seen from the sender of a segment. One object is moved from record to record. */
export class TcpCursor {
  /** Integers: the record begins at `first`, the sender's half at `own`, the other side's at `peer`. */
  n: Int32Array = new Int32Array(0)
  first = 0
  own = 0
  peer = 0
  /** Times and sums: the same. */
  t: Float64Array = new Float64Array(0)
  times = 0
  ownTime = 0
  peerTime = 0

  move(records: TcpRecords, record: number, direction: Direction): void {
    const first = records.integersAt(record)
    const times = records.timesAt(record)
    this.n = records.integersOf(record)
    this.t = records.timesOf(record)
    this.first = first
    this.times = times
    this.own = first + direction * Half.size
    this.peer = first + (1 - direction) * Half.size
    this.ownTime = times + direction * HalfTime.size
    this.peerTime = times + (1 - direction) * HalfTime.size
  }
}
