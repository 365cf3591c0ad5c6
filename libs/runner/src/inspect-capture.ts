import { CaptureCursor } from './capture-cursor.ts'

/** What a look at every record of a capture file tells. Times are µs since the Unix epoch, null without packets. */
export interface CaptureFacts {
  readonly packets: number
  readonly firstTime: number | null
  readonly lastTime: number | null
  readonly linkTypes: readonly number[]
  /** Sentences about what could not be read. */
  readonly warnings: readonly string[]
}

/**
 * Counts the packets of a file without decoding them.
 * @throws NotACapture, or the error of the file system
 */
export async function inspectCapture(path: string): Promise<CaptureFacts> {
  const cursor = await CaptureCursor.open(path)
  try {
    const { packet } = cursor
    const linkTypes = new Set<number>()
    let first = Infinity
    let last = -Infinity
    while (cursor.next() || (await cursor.refill())) {
      if (packet.time < first) first = packet.time
      if (packet.time > last) last = packet.time
      linkTypes.add(packet.linkType)
    }
    const warnings = cursor.reader.warnings.map(({ offset, text }) => `at byte ${offset}: ${text}`)
    if (cursor.problem !== '') warnings.push(cursor.problem)
    const { packets } = cursor.reader
    const none = packets === 0
    return {
      packets,
      firstTime: none ? null : first,
      lastTime: none ? null : last,
      linkTypes: [...linkTypes],
      warnings,
    }
  } finally {
    await cursor.close()
  }
}
