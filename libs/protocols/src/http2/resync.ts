import { FRAME_HEADER_BYTES, FrameType } from './constants.ts'
import { block, checkBlock } from './hpack-syntax.ts'
import { fieldBlock, frameLength, frameStream, frameType, isPlausibleControl, isPlausibleHeader } from './parse.ts'
import { prefaceAt } from './preface.ts'

/**
 * Offset of the next frame in bytes[start, end), or -1: a header that the specification allows, of a frame that
 * another one follows, or which ends with the bytes, or whose header block or stream proves it.
 */
export function findFrame(bytes: Uint8Array, start: number, end: number, isKnown: (id: number) => boolean): number {
  for (let at = start; at < end; at++) {
    if (prefaceAt(bytes, at, end) > 0) return at
    if (end - at < FRAME_HEADER_BYTES) return -1
    if (isPlausibleHeader(bytes, at) && isFrame(bytes, at, end, isKnown)) return at
  }
  return -1
}

function isFrame(bytes: Uint8Array, at: number, end: number, isKnown: (id: number) => boolean): boolean {
  const next = at + FRAME_HEADER_BYTES + frameLength(bytes, at)
  const type = frameType(bytes, at)
  if (next > end) return type === FrameType.Data && isKnown(frameStream(bytes, at))
  if (type === FrameType.Headers) {
    const content = fieldBlock(bytes, at)
    if (content === null || !checkBlock(bytes, content.start, content.end)) return false
    return (
      block.requestPseudo + block.responsePseudo > 0 || isKnown(frameStream(bytes, at)) || followed(bytes, next, end)
    )
  }
  if (type === FrameType.Data) return isKnown(frameStream(bytes, at)) && followed(bytes, next, end)
  if (type === FrameType.Continuation || type === FrameType.PushPromise) return false
  return isPlausibleControl(bytes, at) && followed(bytes, next, end)
}

/** Do the bytes end here, or is there another frame header? */
function followed(bytes: Uint8Array, at: number, end: number): boolean {
  return at === end || (end - at >= FRAME_HEADER_BYTES && isPlausibleHeader(bytes, at))
}
