import { u16be } from '@hindwire/bytes/endian.ts'

import { keyOf } from './key.ts'
import { HEADER_BYTES } from './limits.ts'
import { skipName } from './name.ts'
import { type Dialect, DnsMessage, Sections } from './types.ts'

/**
 * Finds the questions and records of the message bytes[start, end), which holds a header at least. Stops at the first
 * that is not whole, and says why in `fault`.
 *
 *     message  = header *question *record *record *record     ; RFC 1035, section 4.1
 *     header   = id flags qdcount ancount nscount arcount     ; 16 bits each
 *     question = name type class
 *     record   = name type class ttl rdlength rdata
 */
export function findSections(bytes: Uint8Array, start: number, end: number, out: Sections): void {
  out.at.length = 0
  out.questions = out.answers = out.authority = out.additional = 0
  out.fault = ''
  out.end = HEADER_BYTES
  out.questions = findQuestions(bytes, start, end, u16be(bytes, start + 4), out)
  out.answerStart = out.end
  if (out.fault === '') out.answers = findRecords(bytes, start, end, u16be(bytes, start + 6), out)
  if (out.fault === '') out.authority = findRecords(bytes, start, end, u16be(bytes, start + 8), out)
  if (out.fault === '') out.additional = findRecords(bytes, start, end, u16be(bytes, start + 10), out)
  if (out.fault === '' && start + out.end !== end) out.fault = `${end - start - out.end} bytes behind the last record`
}

/** How many of `count` questions are whole. */
function findQuestions(bytes: Uint8Array, start: number, end: number, count: number, out: Sections): number {
  for (let n = 0; n < count; n++) {
    const at = start + out.end
    const behind = skipName(bytes, at, start, end)
    if (behind < 0 || behind + 4 > end) {
      out.fault = faultAt('question', n, at, behind, end)
      return n
    }
    out.at.push(at - start, behind - start)
    out.end = behind + 4 - start
  }
  return count
}

/** How many of the section's `count` records are whole. */
function findRecords(bytes: Uint8Array, start: number, end: number, count: number, out: Sections): number {
  for (let n = 0; n < count; n++) {
    const at = start + out.end
    const behind = skipName(bytes, at, start, end)
    if (behind < 0 || behind + 10 > end || behind + 10 + u16be(bytes, behind + 8) > end) {
      out.fault = faultAt('record', n, at, behind, end)
      return n
    }
    out.at.push(at - start, behind - start)
    out.end = behind + 10 + u16be(bytes, behind + 8) - start
  }
  return count
}

function faultAt(what: string, n: number, at: number, behind: number, end: number): string {
  if (at >= end) return `ends before ${what} ${n + 1}`
  return behind === -1 ? `bad name of ${what} ${n + 1}` : `${what} ${n + 1} is cut`
}

/**
 * A message from bytes that will not change (a copy of the datagram). It is marked partial where the sections do not
 * fit its counts.
 * @param bytes a header at least
 */
export function parseMessage(bytes: Uint8Array, dialect: Dialect): DnsMessage {
  const sections = new Sections()
  findSections(bytes, 0, bytes.length, sections)
  const message = new DnsMessage(bytes, sections, dialect)
  message.partial = sections.fault
  message.id = keyOf(message)
  return message
}
