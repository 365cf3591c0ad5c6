/**
 * Recognises DNS by content, on any port: no other datagram protocol's bytes may pass. A header has few forbidden
 * values, so the sections decide: they must fill the message to its last byte. Where they do not (cut captures,
 * truncated or broken answers), a first question that people would ask is enough.
 */
import { u16be } from '@hindwire/bytes/endian.ts'

import { Detection, type Transport } from '../contract/protocol.ts'
import {
  Flag,
  isAssignedClass,
  isAssignedOpcode,
  isAssignedRcode,
  isAssignedType,
  MDNS_TOP_BIT,
  Opcode,
  Type,
} from './constants.ts'
import { HEADER_BYTES } from './limits.ts'
import { skipName } from './name.ts'
import { findSections } from './parse.ts'
import { Sections } from './types.ts'

/** NetBIOS names are 32 letters A to P (RFC 1001, section 14.1): the same header, another protocol. */
const NETBIOS_LABEL_BYTES = 32
/** Type NB of NetBIOS; in DNS, NIMLOC, which nobody asks for. NBSTAT (33) is SRV. */
const NETBIOS_NB = 32

const scratch = new Sections()

/** Flags that a DNS header may have, in a query and in a response. */
export function isHeaderPlausible(bytes: Uint8Array, start: number): boolean {
  const flags = u16be(bytes, start + 2)
  if ((flags & Flag.Z) !== 0 || !isAssignedOpcode((flags >> 11) & 15) || !isAssignedRcode(flags & 15)) return false
  // A query has no result. UPDATE and old mDNS senders leave AA or RA set in requests.
  return (flags & Flag.Response) !== 0 || (flags & 15) === 0
}

/** Datagrams: yes or no. Streams: the first message, behind its length (RFC 1035, section 4.2.2). */
export function detect(bytes: Uint8Array, start: number, end: number, transport: Transport): Detection {
  if (transport === 'udp') return isMessage(bytes, start, end) ? Detection.Yes : Detection.No
  if (transport !== 'tcp') return Detection.No
  const held = end - start
  if (held >= 2 && u16be(bytes, start) < HEADER_BYTES) return Detection.No
  if (held >= 6 && !isHeaderPlausible(bytes, start + 2)) return Detection.No
  if (held < 2 + HEADER_BYTES) return Detection.NeedMore
  if (!areCountsPlausible(bytes, start + 2, u16be(bytes, start))) return Detection.No
  const stop = start + 2 + u16be(bytes, start)
  if (stop <= end) return isMessage(bytes, start + 2, stop) ? Detection.Yes : Detection.No
  return detectBeginning(bytes, start + 2, end)
}

/** A message of which bytes[start, end) is only the beginning. */
function detectBeginning(bytes: Uint8Array, start: number, end: number): Detection {
  findSections(bytes, start, end, scratch)
  if (scratch.fault.startsWith('bad name')) return Detection.No
  if (scratch.questions > 0) return isUsualFirstQuestion(bytes, start) ? Detection.Yes : Detection.No
  return Detection.NeedMore
}

/** The shortest question takes 5 bytes, the shortest record 11: more than fit are a lie. */
function areCountsPlausible(bytes: Uint8Array, start: number, length: number): boolean {
  const questions = u16be(bytes, start + 4)
  const records = u16be(bytes, start + 6) + u16be(bytes, start + 8) + u16be(bytes, start + 10)
  return HEADER_BYTES + questions * 5 + records * 11 <= length
}

/** Is bytes[start, end) a DNS message, whole or recognisably damaged? */
export function isMessage(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < HEADER_BYTES || !isHeaderPlausible(bytes, start)) return false
  if (end - start === HEADER_BYTES) return isBareAnswer(bytes, start)
  findSections(bytes, start, end, scratch)
  const { fault, questions, answers, authority, additional } = scratch
  if (fault === '' && areQuestionsKnown(bytes, start) && areRecordsKnown(bytes, start))
    return questions + answers + authority + additional > 0
  return questions > 0 && isUsualFirstQuestion(bytes, start)
}

/** FORMERR, NOTIMP and REFUSED may come without their question: twelve bytes with an error and no counts. */
function isBareAnswer(bytes: Uint8Array, start: number): boolean {
  const flags = u16be(bytes, start + 2)
  if ((flags & Flag.Response) === 0 || (flags & 15) === 0 || (flags & 15) > 5) return false
  for (let at = start + 4; at < start + HEADER_BYTES; at++) if (bytes[at] !== 0) return false
  return true
}

function isNetbiosName(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== NETBIOS_LABEL_BYTES) return false
  for (let i = at + 1; i <= at + NETBIOS_LABEL_BYTES; i++) {
    const byte = bytes[i] ?? 0
    if (byte < 0x41 || byte > 0x50) return false
  }
  return true
}

function areQuestionsKnown(bytes: Uint8Array, start: number): boolean {
  const opcode = (u16be(bytes, start + 2) >> 11) & 15
  for (let n = 0; n < scratch.questions; n++) {
    const at = start + (scratch.at[2 * n] ?? 0)
    const behind = start + (scratch.at[2 * n + 1] ?? 0)
    const type = u16be(bytes, behind)
    if (type === 0 || !isAssignedClass(u16be(bytes, behind + 2) & ~MDNS_TOP_BIT)) return false
    if (type === NETBIOS_NB || isNetbiosName(bytes, at)) return false
    // The zone section of an UPDATE asks for SOA (RFC 2136, section 2.3).
    if (opcode === Opcode.Update && type !== Type.SOA) return false
  }
  return true
}

function areRecordsKnown(bytes: Uint8Array, start: number): boolean {
  for (let i = 2 * scratch.questions; i < scratch.at.length; i += 2) {
    const at = start + (scratch.at[i] ?? 0)
    const behind = start + (scratch.at[i + 1] ?? 0)
    const type = u16be(bytes, behind)
    if (type === Type.OPT) {
      if (bytes[at] !== 0) return false
      continue
    }
    if (type === 0 || type === NETBIOS_NB || isNetbiosName(bytes, at)) return false
    if (!isAssignedClass(u16be(bytes, behind + 2) & ~MDNS_TOP_BIT)) return false
  }
  return true
}

function isUsualFirstQuestion(bytes: Uint8Array, start: number): boolean {
  return isUsualQuestion(bytes, start + HEADER_BYTES, start + (scratch.at[1] ?? 0))
}

/**
 * Does a message of a stream, its length first, begin at `start`? Looks at the header and the first question only: it
 * is asked for every byte behind a loss.
 */
export function isStreamMessage(bytes: Uint8Array, start: number, end: number): boolean {
  const first = start + 2 + HEADER_BYTES
  if (first > end || !isHeaderPlausible(bytes, start + 2) || u16be(bytes, start + 6) === 0) return false
  if (!areCountsPlausible(bytes, start + 2, u16be(bytes, start))) return false
  const behind = skipName(bytes, first, start + 2, end)
  return behind > 0 && behind + 4 <= end && isUsualQuestion(bytes, first, behind)
}

/** The question has a host name's characters, a known type and class IN: what chance does not give. */
function isUsualQuestion(bytes: Uint8Array, at: number, behind: number): boolean {
  if (!isAssignedType(u16be(bytes, behind)) || (u16be(bytes, behind + 2) & ~MDNS_TOP_BIT) !== 1) return false
  if (u16be(bytes, behind) === NETBIOS_NB || isNetbiosName(bytes, at)) return false
  if (behind - at < 4) return false
  while (at < behind - 1) {
    for (const stop = at + (bytes[at] ?? 0); at < stop; at++) if (!isHostByte(bytes[at + 1] ?? 0)) return false
    at++
  }
  return true
}

function isHostByte(byte: number): boolean {
  const letter = byte | 0x20
  return (letter >= 0x61 && letter <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x2d || byte === 0x5f
}
