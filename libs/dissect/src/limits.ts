import { type StreamLimits, defaultLimits as streamLimits } from '@hindwire/streams/limits.ts'

/** Bounds of the engine, each against what one connection could otherwise do to the process. */
export interface DissectLimits {
  readonly streams: StreamLimits
  /** Bytes of one unit that may wait for its rest, per direction. A longer one is skipped as malformed. */
  readonly maxUnitBytes: number
  /** Bytes of one direction that detection may ask for before it must decide. */
  readonly detectBytes: number
  /** Segments of a connection that are looked at, at least, before it is left alone as unknown. */
  readonly detectTries: number
  /** Bytes of a connection that are looked at, at least: a message may be far away where segments are small. */
  readonly detectGiveUpBytes: number
  /** Invalid datagrams (or losses of step, in a stream) without a message in between, before a flow is given up. */
  readonly maxInvalid: number
  /** Plausible starts that turned out to be none, without a message in between, before a connection is given up. */
  readonly maxFalseStarts: number
  /** Body bytes kept of one message. */
  readonly maxBodyBytes: number
}

export const defaultLimits: DissectLimits = {
  streams: streamLimits,
  maxUnitBytes: 1 << 20,
  detectBytes: 4096,
  detectTries: 64,
  detectGiveUpBytes: 16 << 10,
  maxInvalid: 32,
  maxFalseStarts: 1024,
  maxBodyBytes: 64 << 10,
}
