export const CR = 0x0d
export const LF = 0x0a
export const SP = 0x20
export const HTAB = 0x09
export const COLON = 0x3a
export const SEMICOLON = 0x3b

/** Status codes with a meaning for framing (RFC 9110, section 15). */
export const Status = { Continue: 100, SwitchingProtocols: 101, NoContent: 204, NotModified: 304 } as const

/** tchar of RFC 9110, section 5.6.2: the characters of methods and field names. */
export const isTokenByte = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(String.fromCharCode(byte)) ? 1 : 0,
)

/** Names of protocols that an Upgrade field may name, as their folders are called. */
export const upgradeNames: Readonly<Record<string, string>> = { websocket: 'websocket', h2c: 'http2' }
