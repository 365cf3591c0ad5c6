/** ContentType of a record (RFC 8446, section 5.1; heartbeat: RFC 6520). */
export const ContentType = {
  ChangeCipherSpec: 20,
  Alert: 21,
  Handshake: 22,
  ApplicationData: 23,
  Heartbeat: 24,
} as const

/** HandshakeType (RFC 8446, section 4; RFC 5246, section 7.4). */
export const HandshakeType = {
  HelloRequest: 0,
  ClientHello: 1,
  ServerHello: 2,
  HelloVerifyRequest: 3,
  NewSessionTicket: 4,
  HelloRetryRequest: 6,
  Certificate: 11,
  CertificateRequest: 13,
  ServerHelloDone: 14,
  /** The highest type that is sent in the clear (CertificateStatus 22, SupplementalData 23, next_protocol 67 apart). */
  LastClear: 25,
} as const

/** Extensions that are read (IANA, TLS ExtensionType Values). */
export const Extension = {
  ServerName: 0,
  SupportedGroups: 10,
  PointFormats: 11,
  SignatureAlgorithms: 13,
  Alpn: 16,
  SessionTicket: 35,
  PreSharedKey: 41,
  EarlyData: 42,
  SupportedVersions: 43,
  EncryptedClientHello: 0xfe0d,
  EncryptedServerName: 0xffce,
} as const

export const RECORD_HEADER_BYTES = 5
/** TLSCiphertext.length (RFC 5246, section 6.2.3): 2^14 and 2,048 for what ciphers add. */
export const MAX_RECORD_BYTES = 16_384 + 2048
/** A Finished, a ticket, the smallest data record with any cipher: shorter ones prove nothing in mid-stream. */
export const MIN_CIPHERTEXT_BYTES = 17
const TLS_1_2 = 0x0303
export const TLS_1_3 = 0x0304
export const SSL_2 = 0x0002

export const AlertLevel = { Warning: 1, Fatal: 2 } as const
export const CLOSE_NOTIFY = 0

/** AlertDescription (RFC 8446, section 6; those of older versions from RFC 5246 and RFC 6101). */
export const alertNames: Readonly<Record<number, string>> = {
  0: 'close_notify',
  1: 'end_of_early_data',
  10: 'unexpected_message',
  20: 'bad_record_mac',
  21: 'decryption_failed',
  22: 'record_overflow',
  30: 'decompression_failure',
  40: 'handshake_failure',
  41: 'no_certificate',
  42: 'bad_certificate',
  43: 'unsupported_certificate',
  44: 'certificate_revoked',
  45: 'certificate_expired',
  46: 'certificate_unknown',
  47: 'illegal_parameter',
  48: 'unknown_ca',
  49: 'access_denied',
  50: 'decode_error',
  51: 'decrypt_error',
  60: 'export_restriction',
  70: 'protocol_version',
  71: 'insufficient_security',
  80: 'internal_error',
  86: 'inappropriate_fallback',
  90: 'user_canceled',
  100: 'no_renegotiation',
  109: 'missing_extension',
  110: 'unsupported_extension',
  111: 'certificate_unobtainable',
  112: 'unrecognized_name',
  113: 'bad_certificate_status_response',
  114: 'bad_certificate_hash_value',
  115: 'unknown_psk_identity',
  116: 'certificate_required',
  120: 'no_application_protocol',
  121: 'ech_required',
}

/** SHA-256 of "HelloRetryRequest": the random of a ServerHello that is one (RFC 8446, section 4.1.3). */
export const retryRandom: readonly number[] = [
  0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11,
  0x16, 0x7a, 0xbb, 0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
]

const versionNames: Readonly<Record<number, string>> = {
  [SSL_2]: 'SSLv2',
  0x0300: 'SSLv3',
  0x0301: 'TLS 1.0',
  0x0302: 'TLS 1.1',
  [TLS_1_2]: 'TLS 1.2',
  [TLS_1_3]: 'TLS 1.3',
}

/** Drafts of TLS 1.3 are 0x7f00 + draft; those of Facebook 0xfb00 + draft. */
export function versionName(version: number): string {
  const name = versionNames[version]
  if (name !== undefined) return name
  const high = version >> 8
  if (high === 0x7f || high === 0xfb) return `TLS 1.3 draft ${version & 0xff}`
  return `UNKNOWN(0x${version.toString(16).padStart(4, '0')})`
}

/** TLS 1.3 or a draft of it: the handshake is encrypted behind the ServerHello. */
export function isTls13(version: number): boolean {
  return version === TLS_1_3 || version >> 8 === 0x7f || version >> 8 === 0xfb
}

/** Reserved values that clients send to keep servers tolerant (RFC 8701): 0x0a0a, 0x1a1a, … 0xfafa. */
export function isGrease(value: number): boolean {
  return (value & 0x0f0f) === 0x0a0a && value >> 8 === (value & 0xff)
}
