import { OPEN_BYTES, openCapture } from './capture-reader.ts'
import type { OpenedCapture } from './capture-reader.ts'
import { decodePacket } from './decode.ts'
import { Packet } from './packet.ts'

/**
 * Reads and decodes a capture file that is in memory: for tests, examples and small files. The packet is reused from
 * call to call. With `windowBytes` the reader is given the file in windows of that size, as the I/O layer would.
 */
export function readCapture(
  file: Uint8Array,
  onPacket: (packet: Packet) => void,
  windowBytes = file.length,
): OpenedCapture {
  const opened = openCapture(file.subarray(0, OPEN_BYTES))
  if (opened.kind !== 'capture') return opened
  const { reader } = opened
  const packet = new Packet()
  let window = new Uint8Array(windowBytes)
  let filled = 0
  let read = 0
  for (;;) {
    const count = Math.min(window.length - filled, file.length - read)
    window.set(file.subarray(read, read + count), filled)
    read += count
    filled += count
    reader.begin(window, 0, filled, read === file.length)
    while (reader.next(packet)) {
      decodePacket(packet)
      onPacket(packet)
    }
    if (reader.finished) return opened
    const rest = window.subarray(reader.position, filled)
    if (reader.needs > window.length) window = new Uint8Array(reader.needs)
    window.set(rest)
    filled = rest.length
  }
}
