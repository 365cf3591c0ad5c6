/** What can be set of the gateway. */
export interface GatewaySettings {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** Wanted as `Authorization: Bearer …` of every request but health checks. Empty: none. */
  readonly token: string
  /** Names that requests may carry in `Host`, and origins in `Origin`, beside those of loopback. */
  readonly allowedHosts: readonly string[]
  /** Largest capture file, bytes. */
  readonly maxUploadBytes: number
  /** Largest JSON body, bytes. */
  readonly maxJsonBytes: number
  /** Largest body of name-resolution records, bytes. */
  readonly maxResolutionBytes: number
  /** Requests answered at the same time; event streams and health checks do not count. */
  readonly maxRequests: number
  readonly maxEventStreams: number
  /** A comment keeps an event stream open that has nothing to say, every so many ms. */
  readonly heartbeatMs: number
  /** A connection on which nothing moves for so long is closed, ms. */
  readonly idleMs: number
}

export const DEFAULT_SETTINGS: GatewaySettings = {
  host: '127.0.0.1',
  port: 8898,
  token: '',
  allowedHosts: [],
  // A full tcpdump ring of a busy node is a few GiB; more than this is a mistake in the address of the upload.
  maxUploadBytes: 64 * 2 ** 30,
  maxJsonBytes: 2 ** 20,
  // `kubectl get pods -A -o json` of a large cluster (5,000 pods) is about 50 MB.
  maxResolutionBytes: 128 * 2 ** 20,
  maxRequests: 256,
  maxEventStreams: 1024,
  heartbeatMs: 15_000,
  // Longer than the look at an uploaded file of the largest size takes.
  idleMs: 600_000,
}
