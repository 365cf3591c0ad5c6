/**
 * The port for commands and work items: named work queues, at-least-once. Every promise here is one that a JetStream
 * work-queue stream with an explicit-ack pull consumer keeps too; adapters are held to bus-contract.ts.
 */

export interface Bus {
  /**
   * Puts a message into a work queue; resolves when it is on disk. A second message with the same `dedupId` within the
   * window (two minutes at least) is discarded, also when the first was already taken.
   * @param queue `[a-z][a-z0-9_-]{0,63}`
   * @param body at most MAX_BODY_BYTES
   * @throws AppError `too_large`, `invalid_queue`, `no_space`, `bus_closed`
   */
  publish(queue: string, body: Uint8Array | string, options?: PublishOptions): Promise<Published>
  /** Takes messages from a queue, oldest first, each by one consumer at a time. */
  consume(queue: string, handler: Handler, options: ConsumeOptions): Promise<Consumer>
  stats(queue: string): Promise<QueueStats>
  /** Stops all consumers (as Consumer.stop) and lets go of the connection. */
  close(graceMs?: number): Promise<void>
}

/** NATS servers refuse larger payloads by default. */
export const MAX_BODY_BYTES = 1024 * 1024

export interface PublishOptions {
  readonly dedupId?: string
}

export interface Published {
  /** Grows with every message of the bus. Of a duplicate: that of the first. */
  readonly sequence: number
  readonly duplicate: boolean
}

export interface QueueStats {
  /** Messages that wait for a consumer (delayed ones included). */
  readonly waiting: number
  /** Messages handed out and not settled. */
  readonly leased: number
}

/**
 * Does the work of one message and settles it. Work must be idempotent: a message may come again although it was done.
 * Returning without settling hands it back at once; throwing hands it back with a delay. Both count as deliveries.
 */
export type Handler = (delivery: Delivery) => Promise<void>

export interface Message {
  readonly queue: string
  readonly body: Uint8Array
  readonly sequence: number
  /** How often it has been handed out, this time included. */
  readonly attempt: number
}

export interface Delivery extends Message {
  /** The body as UTF-8 text. */
  text(): string
  /** Aborted when the consumer stops or the lease has run out: leave the work and return (or throw). */
  readonly signal: AbortSignal
  /** Extends the lease to its full length from now. */
  working(): void
  /** Done: the message is gone when this resolves. Accepted also after the lease has run out. */
  ack(): Promise<void>
  /** Hands it back, for the next consumer after `delayMs` (0). Without effect once the lease has run out. */
  nak(delayMs?: number): Promise<void>
  /** Never to be tried again: goes to `onDeadLetter` with this reason, then it is gone. */
  term(reason: string): Promise<void>
}

export interface ConsumeOptions {
  /** Messages handled at the same time. Default 1. */
  readonly concurrency?: number
  /** A message not settled and without `working()` for so long goes to another consumer, ms. Default 30,000. */
  readonly leaseMs?: number
  /** Deliveries before a message is given up. Default 5. Hand-backs and deaths of the process count. */
  readonly maxDeliveries?: number
  /** Wait before the next delivery of a message whose handler threw, ms. Default: 1 s, doubled up to 30 s. */
  readonly retryDelayMs?: (attempt: number) => number
  /**
   * Takes messages that are given up. Runs at least once for each; when it throws, it is asked again after the lease.
   * @param reason the handler's last error, term's reason, or that it never answered
   */
  readonly onDeadLetter: (message: Message, reason: string) => Promise<void>
  /** Told of each failed delivery that will be repeated, for the log. */
  readonly onRetry?: (message: Message, error: unknown) => void
}

export interface Consumer {
  /**
   * Takes no more messages, aborts the signals of those at work, waits up to `graceMs` (5,000) for their handlers, and
   * hands the rest back.
   */
  stop(graceMs?: number): Promise<void>
}
