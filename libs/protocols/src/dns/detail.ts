/** A message as JSON, with the texts that columns need too: each is made once. */
import { u16be, u32be } from '@hindwire/bytes/endian.ts'

import { className, Flag, MDNS_TOP_BIT, opcodeName, rcodeName, Type, typeName } from './constants.ts'
import { type Edns, findOpt, readEdns } from './edns.ts'
import { HEADER_BYTES, MAX_DETAIL_CHARS, MAX_SHOWN_RECORDS } from './limits.ts'
import { nameText } from './name.ts'
import { recordText } from './record-text.ts'
import type { DnsMessage } from './types.ts'

export interface MessageText {
  /** The whole message as a JSON object, within the limits. */
  json: string
  questionsJson: string
  /** Response code with its EDNS bits. */
  readonly rcode: number
  readonly edns: Edns | null
  questions: string[]
  questionTypes: string[]
  /** Data of the answer section; what is no address has its type in front (`CNAME www.example.org`). */
  readonly answers: string[]
}

let lastText = ''
let lastQuoted = '""'

/** JSON string. Most texts need no escapes, and an answer's records mostly have one owner. */
function quote(text: string): string {
  if (text === lastText) return lastQuoted
  lastText = text
  lastQuoted = /^[ !#-[\]-~]*$/.test(text) ? `"${text}"` : JSON.stringify(text)
  return lastQuoted
}

/** Name at the i-th offset pair. A name that breaks the rules only behind a pointer is shown as such. */
function ownerName(message: DnsMessage, i: number): string {
  const at = message.sections.at
  return nameText(message.bytes, at[i] ?? 0, at[i + 1] ?? 0) ?? '<bad name>'
}

const FLAG_NAMES: readonly (readonly [number, string])[] = [
  [Flag.AA, '"aa"'],
  [Flag.TC, '"tc"'],
  [Flag.RD, '"rd"'],
  [Flag.RA, '"ra"'],
  [Flag.AD, '"ad"'],
  [Flag.CD, '"cd"'],
]

function flagsJson(flags: number): string {
  let text = ''
  for (const [bit, name] of FLAG_NAMES) if ((flags & bit) !== 0) text += text === '' ? name : `,${name}`
  return `[${text}]`
}

function questionsJson(message: DnsMessage, out: MessageText): string {
  let text = ''
  for (let n = 0; n < message.sections.questions && n < MAX_SHOWN_RECORDS; n++) {
    const name = ownerName(message, 2 * n)
    const behind = message.sections.at[2 * n + 1] ?? 0
    const type = typeName(u16be(message.bytes, behind))
    const kind = u16be(message.bytes, behind + 2)
    const isMdns = message.dialect === 'mdns'
    out.questions.push(name)
    out.questionTypes.push(type)
    const unicast = isMdns && (kind & MDNS_TOP_BIT) !== 0 ? ',"unicast":true' : ''
    const label = className(isMdns ? kind & ~MDNS_TOP_BIT : kind)
    text += `${n === 0 ? '' : ','}{"name":${quote(name)},"type":"${type}","class":"${label}"${unicast}}`
  }
  return text
}

function recordJson(message: DnsMessage, i: number, answers: string[] | null): string {
  const bytes = message.bytes
  const behind = message.sections.at[i + 1] ?? 0
  const type = u16be(bytes, behind)
  const name = ownerName(message, i)
  const label = typeName(type)
  const text = recordText(bytes, type, behind + 10, behind + 10 + u16be(bytes, behind + 8))
  const isAddress = type === Type.A || type === Type.AAAA
  if (answers !== null) answers.push(isAddress ? text : `${label} ${text}`)
  const owner = quote(name)
  // Of the texts of an address record only RFC 3597 hex, in its place, needs escapes: it begins with a backslash.
  const data = isAddress && text.charCodeAt(0) !== 0x5c ? `"${text}"` : quote(text)
  const kind = u16be(bytes, behind + 2)
  const isMdns = message.dialect === 'mdns'
  const flush = isMdns && (kind & MDNS_TOP_BIT) !== 0 ? ',"flush":true' : ''
  const group = className(isMdns ? kind & ~MDNS_TOP_BIT : kind)
  return `{"name":${owner},"type":"${label}","class":"${group}","ttl":${u32be(bytes, behind + 4)},"data":${data}${flush}}`
}

/** Records of one section; OPT is shown as `edns`, not as a record. */
function sectionJson(
  message: DnsMessage,
  first: number,
  count: number,
  room: number,
  answers: string[] | null,
): string {
  let text = ''
  let shown = 0
  for (let i = first; i < first + 2 * count; i += 2) {
    if (u16be(message.bytes, message.sections.at[i + 1] ?? 0) === Type.OPT) continue
    if (shown === MAX_SHOWN_RECORDS || text.length > room)
      return `${text}${shown === 0 ? '' : ','}{"more":${(first - i) / 2 + count}}`
    text += `${shown++ === 0 ? '' : ','}${recordJson(message, i, answers)}`
  }
  return text
}

function ednsJson(edns: Edns): string {
  let options = ''
  for (const { name, value } of edns.options)
    options += `${options === '' ? '' : ','}{"name":"${name}","value":${quote(value)}}`
  return `{"udpSize":${edns.udpSize},"version":${edns.version},"do":${edns.dnssecOk},"options":[${options}]}`
}

/** Is the question section of both the same, byte for byte? */
function areQuestionsSame(one: DnsMessage, two: DnsMessage): boolean {
  const end = one.sections.answerStart
  if (one.dialect !== two.dialect || one.sections.questions !== two.sections.questions) return false
  if (end !== two.sections.answerStart) return false
  for (let at = HEADER_BYTES; at < end; at++) if (one.bytes[at] !== two.bytes[at]) return false
  return true
}

/**
 * Everything that an entry shows of a message.
 * @param request the query that it answers, with its text: a response repeats the question
 */
export function messageText(message: DnsMessage, request: DnsMessage | null, asked: MessageText | null): MessageText {
  const { questions, answers, authority, additional, fault } = message.sections
  const opt = additional === 0 ? -1 : findOpt(message)
  const edns = opt < 0 ? null : readEdns(message, opt)
  const rcode = opt < 0 ? message.flags & 15 : ((message.bytes[opt + 4] ?? 0) << 4) | (message.flags & 15)
  const out: MessageText = { json: '', questionsJson: '', rcode, edns, questions: [], questionTypes: [], answers: [] }
  if (request !== null && asked !== null && areQuestionsSame(message, request)) {
    out.questions = asked.questions
    out.questionTypes = asked.questionTypes
    out.questionsJson = asked.questionsJson
  } else out.questionsJson = questionsJson(message, out)
  let json = `{"id":${message.transaction},"opcode":"${opcodeName(message.opcode)}","flags":${flagsJson(message.flags)}`
  if (message.isResponse) json += `,"rcode":"${rcodeName(rcode)}"`
  json += `,"questions":[${out.questionsJson}]`
  let first = 2 * questions
  if (answers > 0)
    json += `,"answers":[${sectionJson(message, first, answers, MAX_DETAIL_CHARS - json.length, out.answers)}]`
  first += 2 * answers
  if (authority > 0)
    json += `,"authority":[${sectionJson(message, first, authority, MAX_DETAIL_CHARS - json.length, null)}]`
  first += 2 * authority
  if (additional > (opt < 0 ? 0 : 1))
    json += `,"additional":[${sectionJson(message, first, additional, MAX_DETAIL_CHARS - json.length, null)}]`
  if (edns !== null) json += `,"edns":${ednsJson(edns)}`
  if (fault !== '') json += `,"fault":${quote(fault)}`
  out.json = `${json}}`
  return out
}
