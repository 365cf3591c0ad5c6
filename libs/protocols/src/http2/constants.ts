/** Frame types (RFC 9113, section 6; ALTSVC: RFC 7838; ORIGIN: RFC 8336; PRIORITY_UPDATE: RFC 9218). */
export const FrameType = {
  Data: 0,
  Headers: 1,
  Priority: 2,
  RstStream: 3,
  Settings: 4,
  PushPromise: 5,
  Ping: 6,
  GoAway: 7,
  WindowUpdate: 8,
  Continuation: 9,
  AltSvc: 10,
  Origin: 12,
  PriorityUpdate: 16,
} as const

export const Flag = { EndStream: 0x01, Ack: 0x01, EndHeaders: 0x04, Padded: 0x08, Priority: 0x20 } as const

export const FRAME_HEADER_BYTES = 9

/** The client's connection preface (RFC 9113, section 3.4). */
export const PREFACE: Uint8Array = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1')

/** Error codes of RST_STREAM and GOAWAY (RFC 9113, section 7). */
const errorNames: readonly string[] = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
]

export const ErrorCode = { NoError: 0, RefusedStream: 7, Cancel: 8, Last: 13 } as const

export function errorName(code: number): string {
  return errorNames[code] ?? `UNKNOWN(0x${code.toString(16)})`
}
