import { u16be } from '@hindwire/bytes/endian.ts'

import { Columns } from '../contract/common-columns.ts'
import type { EntryWriter } from '../contract/entry-writer.ts'
import type { Pair } from '../contract/message.ts'
import { DnsColumns } from './columns.ts'
import { Opcode, opcodeName, rcodeName, typeName } from './constants.ts'
import { type MessageText, messageText } from './detail.ts'
import { nameText } from './name.ts'
import type { DnsMessage } from './types.ts'

/** Answers named in the one-line summary. */
const SUMMARY_ANSWERS = 3

/** Type and name of the first record, for messages that ask nothing (mDNS announcements). */
function firstRecord(message: DnsMessage): { type: string; name: string } {
  const { at } = message.sections
  const behind = at[1]
  if (behind === undefined) return { type: '', name: '' }
  return { type: typeName(u16be(message.bytes, behind)), name: nameText(message.bytes, at[0] ?? 0, behind) ?? '' }
}

function summaryText(what: string, response: MessageText | null): string {
  if (response === null) return what
  if (response.rcode !== 0) return `${what} → ${rcodeName(response.rcode)}`
  const { answers } = response
  if (answers.length === 0) return `${what} → no answers`
  const rest = answers.length > SUMMARY_ANSWERS ? `, … (${answers.length})` : ''
  return `${what} → ${answers.slice(0, SUMMARY_ANSWERS).join(', ')}${rest}`
}

function writeResponse(response: MessageText, entry: EntryWriter): void {
  const name = rcodeName(response.rcode)
  entry.number(Columns.statusCode, response.rcode)
  entry.text(DnsColumns.rcode, name)
  if (response.answers.length > 0) entry.list(DnsColumns.answers, response.answers)
  if (response.rcode !== 0) {
    entry.number(Columns.isError, 1)
    entry.text(Columns.errorCode, name)
  }
  const extended = response.edns?.options.find((option) => option.name === 'EDE')
  if (extended !== undefined) entry.text(Columns.errorMessage, extended.value)
}

/** The columns of a pair; what they mean for DNS is in the README. */
export function summarize(pair: Pair<DnsMessage>, entry: EntryWriter): void {
  const { request, response } = pair
  const main = request ?? response
  if (main === null) return
  const asked = request === null ? null : messageText(request, null, null)
  const answered = response === null ? null : messageText(response, request, asked)
  const { questions, questionTypes } = asked ?? answered ?? { questions: [], questionTypes: [] }
  const { type, name } =
    questions.length > 0 ? { type: questionTypes[0] ?? '', name: questions[0] ?? '' } : firstRecord(main)
  if (main.dialect !== 'dns') entry.protocol(main.dialect)
  entry.text(Columns.method, type)
  entry.text(Columns.path, name)
  if (questions.length > 0) {
    entry.list(DnsColumns.questions, questions)
    entry.list(DnsColumns.questionTypes, questionTypes)
  }
  if (request !== null) entry.number(Columns.requestSize, request.wireSize)
  if (response !== null) entry.number(Columns.responseSize, response.wireSize)
  if (answered !== null) writeResponse(answered, entry)
  const what = main.opcode === Opcode.Query ? `${type} ${name}` : `${opcodeName(main.opcode)} ${type} ${name}`
  entry.text(Columns.summary, summaryText(what, answered))
  const parts: string[] = []
  if (asked !== null) parts.push(`"request":${asked.json}`)
  if (answered !== null) parts.push(`"response":${answered.json}`)
  entry.text(Columns.detail, `{${parts.join(',')}}`)
}
