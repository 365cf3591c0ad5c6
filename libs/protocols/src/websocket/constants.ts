/** Opcodes (RFC 6455, section 11.8). */
export const Opcode = { Continuation: 0, Text: 1, Binary: 2, Close: 8, Ping: 9, Pong: 10 } as const

export const opcodeNames: Readonly<Record<number, string>> = {
  [Opcode.Continuation]: 'continuation',
  [Opcode.Text]: 'text',
  [Opcode.Binary]: 'binary',
  [Opcode.Close]: 'close',
  [Opcode.Ping]: 'ping',
  [Opcode.Pong]: 'pong',
}

/** Status codes of a Close frame (RFC 6455, section 7.4.1, and the registry of IANA). */
export const closeNames: Readonly<Record<number, string>> = {
  1000: 'NORMAL_CLOSURE',
  1001: 'GOING_AWAY',
  1002: 'PROTOCOL_ERROR',
  1003: 'UNSUPPORTED_DATA',
  1005: 'NO_STATUS',
  1006: 'ABNORMAL_CLOSURE',
  1007: 'INVALID_PAYLOAD',
  1008: 'POLICY_VIOLATION',
  1009: 'MESSAGE_TOO_BIG',
  1010: 'MANDATORY_EXTENSION',
  1011: 'INTERNAL_ERROR',
  1012: 'SERVICE_RESTART',
  1013: 'TRY_AGAIN_LATER',
  1014: 'BAD_GATEWAY',
  1015: 'TLS_HANDSHAKE',
}

/** Codes that tell of a failure: not the normal ends, and not those that applications define (3000 and above). */
export function isFailure(code: number): boolean {
  return code > 1001 && code !== 1005 && code < 3000
}

export const FIN = 0x80
export const RSV1 = 0x40
export const RSV23 = 0x30
export const MASK = 0x80
/** Control frames have opcodes from here (RFC 6455, section 5.5). */
export const FIRST_CONTROL = 8
