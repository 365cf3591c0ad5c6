import { concat } from '@hindwire/testkit/packet-builder.ts'

export const RecordType = { A: 1, AAAA: 28 } as const
export type RecordType = (typeof RecordType)[keyof typeof RecordType]

export const ResponseCode = { NoError: 0, NameError: 3 } as const
export type ResponseCode = (typeof ResponseCode)[keyof typeof ResponseCode]

const CLASS_IN = 1
/** QR, AA, RD, RA of a response; RD of a query (RFC 1035, section 4.1.1). */
const RESPONSE_FLAGS = 0x8580
const QUERY_FLAGS = 0x0100
/** Pointer to the name in the question, which begins behind the header. */
const NAME_POINTER = 0xc00c

export function dnsQuery(id: number, name: string, type: RecordType): Uint8Array {
  return concat(header(id, QUERY_FLAGS, 0), question(name, type))
}

/** The answer to a query. `address` is given for A records that exist. */
export function dnsResponse(
  id: number,
  name: string,
  type: RecordType,
  { code, address }: { readonly code: ResponseCode; readonly address?: string },
): Uint8Array {
  const answers = address === undefined ? [] : [addressRecord(address)]
  return concat(header(id, RESPONSE_FLAGS | code, answers.length), question(name, type), ...answers)
}

function header(id: number, flags: number, answers: number): Uint8Array {
  return words(id, flags, 1, answers, 0, 0)
}

function question(name: string, type: RecordType): Uint8Array {
  const labels = name.split('.').flatMap((label) => [label.length, ...new TextEncoder().encode(label)])
  return concat(Uint8Array.from([...labels, 0]), words(type, CLASS_IN))
}

function addressRecord(address: string): Uint8Array {
  const ttl = 5
  return concat(words(NAME_POINTER, RecordType.A, CLASS_IN, 0, ttl, 4), Uint8Array.from(address.split('.').map(Number)))
}

function words(...values: readonly number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [value >> 8, value & 255]))
}
