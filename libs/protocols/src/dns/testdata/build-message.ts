/** Messages for tests, made from their parts. Own work: names are of RFC 2606, addresses of RFC 5737 and RFC 3849. */
import { fromHex, toHex } from '@hindwire/bytes/hex.ts'

const word = (value: number): string => value.toString(16).padStart(4, '0')

/** A name on the wire, as hex. A part `@12` at its end is a pointer to offset 12. */
export function name(text: string): string {
  let hex = ''
  for (const label of text.split('.')) {
    if (label.startsWith('@')) return hex + word(0xc000 | Number(label.slice(1)))
    if (label !== '') hex += label.length.toString(16).padStart(2, '0') + toHex(Buffer.from(label, 'latin1'))
  }
  return `${hex}00`
}

export function question(owner: string, type: number, group = 1): string {
  return name(owner) + word(type) + word(group)
}

/** A record with its data as hex. */
export function record(owner: string, type: number, data: string, ttl = 60, group = 1): string {
  const hex = data.replaceAll(' ', '')
  return name(owner) + word(type) + word(group) + word(ttl >>> 16) + word(ttl & 0xffff) + word(hex.length / 2) + hex
}

export interface MessageParts {
  readonly id?: number
  readonly flags?: number
  readonly questions?: readonly string[]
  readonly answers?: readonly string[]
  readonly authority?: readonly string[]
  readonly additional?: readonly string[]
}

export function message(parts: MessageParts): Uint8Array {
  const { questions = [], answers = [], authority = [], additional = [] } = parts
  const sections = [questions, answers, authority, additional]
  const header = word(parts.id ?? 0x1234) + word(parts.flags ?? 0x0100)
  return fromHex(header + sections.map((s) => word(s.length)).join('') + sections.flat().join(''))
}

/** As it goes over a stream: its length in front. */
export function framed(bytes: Uint8Array): Uint8Array {
  return fromHex(word(bytes.length) + toHex(bytes))
}

/** A query for A of www.example.com, and an answer with a CNAME and two addresses. */
export const query = message({ questions: [question('www.example.com', 1)] })
export const answer = message({
  flags: 0x8180,
  questions: [question('www.example.com', 1)],
  answers: [
    record('@12', 5, name('web.example.net'), 300),
    record('web.example.net', 1, 'c0000201', 20),
    record('web.example.net', 1, 'c0000202', 20),
  ],
})
