/** Bytes kept of one hello: post-quantum keys make 2 KB of it; a crafted length must not hold memory. */
export const MAX_HELLO_BYTES = 32 * 1024
/** Bytes kept of one Certificate message; chains of real servers have 2 to 8 KB, broken ones far more. */
export const MAX_CERTIFICATE_BYTES = 64 * 1024
/** Certificates of a chain that are described. */
export const MAX_CERTIFICATES = 8
/** Names of one certificate: subject alternative names, attributes of a distinguished name. */
export const MAX_NAMES = 256
/** Bytes of one name. */
export const MAX_NAME_BYTES = 512
/** Cipher suites, extensions, groups … of one hello: lists of tens are usual, scanners send hundreds. */
export const MAX_LIST = 1024
/** Alerts kept of a handshake. */
export const MAX_ALERTS = 8
