import { u32be } from '@hindwire/bytes/endian.ts'

import { Side } from '../contract/message.ts'
import { Detection } from '../contract/protocol.ts'
import { Flag, FRAME_HEADER_BYTES, FrameType, PREFACE } from './constants.ts'
import { block, checkBlock } from './hpack-syntax.ts'
import { MAX_DETECT_FRAMES } from './limits.ts'
import {
  fieldBlock,
  frameFlags,
  frameLength,
  frameStream,
  frameType,
  isPlausibleControl,
  isPlausibleHeader,
} from './parse.ts'
import { prefaceAt } from './preface.ts'

/** Evidence that is enough. A frame of fixed form gives 1, one whose content proves it gives 2. */
const ENOUGH = 2
/** A frame that contradicts the specification. */
const AGAINST = -1
/** Bytes of a header block that suffice where its end is not there. */
const ENOUGH_BLOCK_BYTES = 64
/** What the engine gives at most: a frame that ends beyond is not waited for. */
const DETECT_BYTES = 4096

/** The preface, or frames that follow each other: SETTINGS, header blocks that are valid HPACK, two control frames. */
export function detect(bytes: Uint8Array, start: number, end: number): Detection {
  if (bytes[start] === PREFACE[0]) {
    const length = prefaceAt(bytes, start, end)
    return length > 0 ? Detection.Yes : length === 0 ? Detection.NeedMore : Detection.No
  }
  let evidence = 0
  let at = start
  for (let frames = 0; frames < MAX_DETECT_FRAMES && at < end; frames++) {
    if (end - at < FRAME_HEADER_BYTES) return mayBegin(bytes, at, end) ? Detection.NeedMore : Detection.No
    if (!isPlausibleHeader(bytes, at)) return Detection.No
    const weight = weigh(bytes, at, end)
    if (weight === AGAINST) return Detection.No
    evidence += weight
    if (evidence >= ENOUGH) return Detection.Yes
    at += FRAME_HEADER_BYTES + frameLength(bytes, at)
  }
  return at - start <= DETECT_BYTES - FRAME_HEADER_BYTES ? Detection.NeedMore : Detection.No
}

/** The first bytes of a frame header: a usual length, then a known type. */
function mayBegin(bytes: Uint8Array, at: number, end: number): boolean {
  if (bytes[at] !== 0 || (end - at > 1 && (bytes[at + 1] as number) > 0x40)) return false
  return end - at < 4 || (bytes[at + 3] as number) <= FrameType.PriorityUpdate
}

function weigh(bytes: Uint8Array, at: number, end: number): number {
  const next = at + FRAME_HEADER_BYTES + frameLength(bytes, at)
  switch (frameType(bytes, at)) {
    case FrameType.Headers:
      return weighBlock(bytes, at, end)
    case FrameType.Data:
      return weighData(bytes, at, end)
    case FrameType.Settings:
      if (next > end) return 0
      if (!isPlausibleControl(bytes, at)) return AGAINST
      return frameLength(bytes, at) > 0 ? 2 : 1
    case FrameType.Priority:
    case FrameType.RstStream:
    case FrameType.Ping:
    case FrameType.GoAway:
    case FrameType.WindowUpdate:
      if (next > end) return 0
      return isPlausibleControl(bytes, at) ? 1 : AGAINST
    default:
      // Continuations and extensions prove nothing at the beginning.
      return AGAINST
  }
}

function weighBlock(bytes: Uint8Array, at: number, end: number): number {
  const content = fieldBlock(bytes, at)
  if (content === null) return AGAINST
  const isWhole = content.end <= end
  const stop = Math.min(content.end, end)
  if (content.start >= stop) return isWhole ? AGAINST : 0
  if (!checkBlock(bytes, content.start, stop)) return AGAINST
  const endHeaders = (frameFlags(bytes, at) & Flag.EndHeaders) !== 0
  if (isWhole && endHeaders && block.cut) return AGAINST
  if (!isWhole && stop - content.start < ENOUGH_BLOCK_BYTES) return 0
  const pseudo = block.requestPseudo > 1 || block.responsePseudo > 0
  return pseudo ? 2 : 1
}

/** A DATA frame that holds exactly one message of gRPC is evidence; other content tells nothing. */
function weighData(bytes: Uint8Array, at: number, end: number): number {
  const content = at + FRAME_HEADER_BYTES
  const length = frameLength(bytes, at)
  if ((frameFlags(bytes, at) & Flag.Padded) !== 0 || length < 5 || content + length > end) return 0
  return (bytes[content] as number) <= 1 && u32be(bytes, content + 1) === length - 5 ? 1 : 0
}

/** The first header list with a known pseudo field tells. Only a server begins with SETTINGS and no preface. */
export function sender(bytes: Uint8Array, start: number, end: number): Side | -1 {
  if (prefaceAt(bytes, start, end) > 0) return Side.Client
  let at = start
  for (let frames = 0; frames < MAX_DETECT_FRAMES && end - at >= FRAME_HEADER_BYTES; frames++) {
    const type = frameType(bytes, at)
    if (!isPlausibleHeader(bytes, at)) return -1
    if (type === FrameType.PushPromise) return Side.Server
    if (type === FrameType.Settings && (frameFlags(bytes, at) & Flag.Ack) === 0 && at === start) return Side.Server
    if (type === FrameType.Headers && frameStream(bytes, at) > 0) {
      const content = fieldBlock(bytes, at)
      if (content !== null && content.start < Math.min(content.end, end)) {
        checkBlock(bytes, content.start, Math.min(content.end, end))
        if (block.responsePseudo > 0) return Side.Server
        if (block.requestPseudo > 0) return Side.Client
      }
    }
    at += FRAME_HEADER_BYTES + frameLength(bytes, at)
  }
  return -1
}
