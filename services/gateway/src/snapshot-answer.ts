import type { CaptureFile, Snapshot } from '@hindwire/snapshots/snapshot-store.ts'

/** An element of `GET /mcp/snapshots`. */
export function snapshotItem(snapshot: Snapshot) {
  const { first, last } = timesOf(snapshot.files)
  return {
    name: snapshot.name,
    status: snapshot.status,
    size_bytes: snapshot.files.reduce((sum, file) => sum + file.bytes, 0),
    created_at: snapshot.createdAt,
    ...(first === null || last === null ? {} : { duration: formatDuration((last - first) / 1000) }),
  }
}

/** `GET /mcp/snapshots/:name`. */
export function snapshotDetail(snapshot: Snapshot) {
  const { files, frozen, hasResolution } = snapshot
  const { first, last } = timesOf(files)
  return {
    ...snapshotItem(snapshot),
    ...(first === null || last === null ? {} : { start_ts: milliseconds(first), end_ts: milliseconds(last) }),
    node_count: new Set(files.map((file) => file.node)).size,
    packet_count: files.reduce((sum, file) => sum + file.packets, 0),
    frozen,
    has_resolution: hasResolution,
    files: files.map(captureAnswer),
  }
}

/** A file as the answer of its upload has it. */
export function captureAnswer(file: CaptureFile) {
  const { name, node, bytes, packets, sha256, firstTimeUs, lastTimeUs, warnings } = file
  return {
    name,
    node,
    bytes,
    packets,
    sha256,
    ...(firstTimeUs === null ? {} : { first_ts: milliseconds(firstTimeUs) }),
    ...(lastTimeUs === null ? {} : { last_ts: milliseconds(lastTimeUs) }),
    ...(warnings.length === 0 ? {} : { warnings }),
  }
}

function timesOf(files: readonly CaptureFile[]): { first: number | null; last: number | null } {
  let first: number | null = null
  let last: number | null = null
  for (const { firstTimeUs, lastTimeUs } of files) {
    if (firstTimeUs !== null) first = Math.min(first ?? Infinity, firstTimeUs)
    if (lastTimeUs !== null) last = Math.max(last ?? -Infinity, lastTimeUs)
  }
  return { first, last }
}

/** Whole milliseconds: a range from first to last holds every packet when its end is rounded up by the asker. */
function milliseconds(us: number): number {
  return Math.floor(us / 1000)
}

/** `1h5m0.25s`, in the way of `{"duration":"30m"}`: no unit above the first that is not 0. */
export function formatDuration(ms: number): string {
  const hours = Math.floor(ms / 3_600_000)
  const minutes = Math.floor((ms % 3_600_000) / 60_000)
  const seconds = `${Math.round(ms % 60_000) / 1000}s`
  if (hours > 0) return `${hours}h${minutes}m${seconds}`
  return minutes > 0 ? `${minutes}m${seconds}` : seconds
}
