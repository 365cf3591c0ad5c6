/**
 * The port for snapshots: named sets of capture files. A snapshot exists as a whole or not at all, and so does each
 * file in it. Adapters are held to snapshot-store-contract.ts.
 *
 * Errors are AppErrors: `invalid_name`, `not_a_capture`, `upload_aborted` (400), `unknown_snapshot`, `unknown_file` (404),
 * `file_exists`, `snapshot_immutable` (409), `too_large` (413), `no_space` (503), `cancelled` (499).
 */
export interface SnapshotStore {
  /**
   * Streams a capture file in, looks at it, and adds it; creates the snapshot when it is new. When anything fails on
   * the way, nothing is left of it.
   */
  upload(request: UploadRequest): Promise<UploadResult>
  /** By name. */
  list(): Promise<Snapshot[]>
  get(name: string): Promise<Snapshot>
  /** Removes the snapshot with all its files. */
  delete(name: string): Promise<void>
  /** From now on nothing can be added: a dissection has started. Freezing again changes nothing. */
  freeze(name: string): Promise<Snapshot>
  /**
   * Stores name-resolution records as they came (JSON text), in place of earlier ones; creates the snapshot when it
   * is new. Allowed until the snapshot is frozen.
   */
  putResolution(name: string, json: string): Promise<void>
  /** JSON text, or null when there are none. */
  getResolution(name: string): Promise<string | null>
  /** Path of a file for local reading; null where the store has no local files. */
  localPath(name: string, file: string): Promise<string | null>
  /** Bytes [start, end) of a file as it was uploaded; to its end without `end`. */
  read(name: string, file: string, range?: ByteRange): Promise<AsyncIterable<Uint8Array>>
}

export interface ByteRange {
  readonly start?: number
  /** One past the last byte. */
  readonly end?: number
}

export interface UploadRequest {
  readonly snapshot: string
  readonly file: string
  /** Node that captured it. */
  readonly node: string
  readonly body: AsyncIterable<Uint8Array>
  /** Largest size, bytes. */
  readonly maxBytes?: number
  readonly signal?: AbortSignal
  /** Looks at the whole file; called with a path that is only valid during the call. */
  readonly inspect: (path: string) => Promise<Inspection>
}

/** What the caller found in a file: a capture, or a sentence that says what it looks like instead. */
export type Inspection = CaptureFacts | { readonly notACapture: string }

export interface CaptureFacts {
  readonly packets: number
  /** Earliest and latest packet, µs since 1970; null without packets. */
  readonly firstTimeUs: number | null
  readonly lastTimeUs: number | null
  /** LINKTYPE_ values of its interfaces. */
  readonly linkTypes: readonly number[]
  /** Sentences, e.g. that the last record is cut. */
  readonly warnings: readonly string[]
}

export interface CaptureFile extends CaptureFacts {
  readonly name: string
  readonly node: string
  /** Size as uploaded (compressed, where it was). */
  readonly bytes: number
  /** Of the bytes as uploaded, hexadecimal. */
  readonly sha256: string
  readonly uploadedAt: string
}

export interface Snapshot {
  readonly name: string
  /** `in_progress` while capture agents still add to it. */
  readonly status: 'in_progress' | 'completed'
  readonly createdAt: string
  /** Nothing can be added any more. */
  readonly frozen: boolean
  /** In the order in which they are dissected: by first packet, then node, then name; empty captures last. */
  readonly files: readonly CaptureFile[]
  readonly hasResolution: boolean
}

export interface UploadResult {
  readonly file: CaptureFile
  /** True when this upload created the snapshot. */
  readonly created: boolean
}
