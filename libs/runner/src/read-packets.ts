import type { Packet } from '@hindwire/packets/packet.ts'

import { CaptureCursor } from './capture-cursor.ts'
import { fileProblem } from './file-problem.ts'

/** A capture file of a snapshot. */
export interface CaptureInput {
  readonly path: string
  /** Name in the snapshot. */
  readonly name: string
  readonly node: string
  /** Packets in the file: needed for every file but the last, because ordinals count through all files. */
  readonly packets: number
}

/** What reading found out about one file. */
export interface FileReport {
  readonly name: string
  readonly packets: number
  readonly bytes: number
  /** Sentences about what could not be read. */
  readonly problems: readonly string[]
}

export interface PacketConsumer {
  /** One packet, not yet decoded. `ordinal` counts from 1 over all files. */
  packet(packet: Packet, ordinal: number, file: number): void
  /** Called between windows: a place to wait for whoever takes the results, and to report progress. */
  pause?(bytesRead: number): Promise<void> | undefined
}

/** Read buffers of all files together stay below this. */
const TOTAL_WINDOWS = 128 << 20
const LARGEST_WINDOW = 4 << 20
const SMALLEST_WINDOW = 256 << 10

interface OpenFile {
  readonly cursor: CaptureCursor
  readonly file: number
  readonly base: number
}

/**
 * Gives the packets of several files in the order of their times, each file's own packets in the order of the file.
 * A file that cannot be opened is reported, and the others are read.
 */
export async function readPackets(inputs: readonly CaptureInput[], consumer: PacketConsumer): Promise<FileReport[]> {
  const window = Math.max(SMALLEST_WINDOW, Math.min(LARGEST_WINDOW, TOTAL_WINDOWS / 2 / Math.max(1, inputs.length)))
  const reports: FileReport[] = inputs.map(({ name }) => ({ name, packets: 0, bytes: 0, problems: [] }))
  const open: OpenFile[] = []
  try {
    let base = 0
    for (const [file, input] of inputs.entries()) {
      const cursor = await openInput(input, file, window, reports)
      if (cursor !== null) open.push({ cursor, file, base })
      base += input.packets
    }
    if (open.length === 1) await readOne(open[0] as OpenFile, consumer)
    else await readMerged(open, consumer)
    for (const { cursor, file } of open) reports[file] = reportOf(cursor, inputs[file] as CaptureInput)
  } finally {
    for (const { cursor } of open) await cursor.close()
  }
  return reports
}

async function openInput(
  input: CaptureInput,
  file: number,
  window: number,
  reports: FileReport[],
): Promise<CaptureCursor | null> {
  try {
    return await CaptureCursor.open(input.path, window)
  } catch (error) {
    reports[file] = { name: input.name, packets: 0, bytes: 0, problems: [fileProblem(error)] }
    return null
  }
}

function reportOf(cursor: CaptureCursor, input: CaptureInput): FileReport {
  const problems = cursor.reader.warnings.map(({ offset, text }) => `at byte ${offset}: ${text}`)
  if (cursor.problem !== '') problems.push(cursor.problem)
  return { name: input.name, packets: cursor.reader.packets, bytes: cursor.fileBytes, problems }
}

async function readOne({ cursor, file, base }: OpenFile, consumer: PacketConsumer): Promise<void> {
  const { packet } = cursor
  for (;;) {
    while (cursor.next()) consumer.packet(packet, base + packet.number, file)
    await consumer.pause?.(cursor.fileBytes)
    if (!(await cursor.refill())) return
    consumer.packet(packet, base + packet.number, file)
  }
}

/** Always the file whose next packet is the oldest; few files at a time, so a scan over them is enough. */
async function readMerged(open: readonly OpenFile[], consumer: PacketConsumer): Promise<void> {
  const waiting: OpenFile[] = []
  for (const each of open) if (each.cursor.next() || (await each.cursor.refill())) waiting.push(each)
  while (waiting.length > 0) {
    let oldest = 0
    for (let at = 1; at < waiting.length; at++) {
      if ((waiting[at] as OpenFile).cursor.packet.time < (waiting[oldest] as OpenFile).cursor.packet.time) oldest = at
    }
    const { cursor, file, base } = waiting[oldest] as OpenFile
    consumer.packet(cursor.packet, base + cursor.packet.number, file)
    if (cursor.next()) continue
    await consumer.pause?.(open.reduce((sum, each) => sum + each.cursor.fileBytes, 0))
    if (!(await cursor.refill())) waiting.splice(oldest, 1)
  }
}
