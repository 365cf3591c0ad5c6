import { NotACapture } from '@hindwire/runner/capture-cursor.ts'
import { inspectCapture } from '@hindwire/runner/inspect-capture.ts'
import type { Inspection } from '@hindwire/snapshots/snapshot-store.ts'

/** Looks at an uploaded file, for the snapshot store. */
export async function inspectUpload(path: string): Promise<Inspection> {
  try {
    const { firstTime, lastTime, ...facts } = await inspectCapture(path)
    return { ...facts, firstTimeUs: firstTime, lastTimeUs: lastTime }
  } catch (error) {
    if (!(error instanceof NotACapture)) throw error
    return { notACapture: `The file is no packet capture (pcap or pcapng). ${error.message}` }
  }
}
