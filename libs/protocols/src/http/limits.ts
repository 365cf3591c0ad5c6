/** A head larger than this is not one: the attack is a header that never ends. Servers commonly stop at 8 to 64 KiB. */
export const MAX_HEAD_BYTES = 256 << 10
/** Fields of a head that are read; the rest is passed over. */
export const MAX_FIELDS = 512
/** A chunk size line with its extensions (RFC 9112, section 7.1.1). */
export const MAX_CHUNK_LINE_BYTES = 4096
/** Longest method token: the registered ones have up to 17 characters (UPDATEREDIRECTREF). */
export const MAX_METHOD_BYTES = 24
/** Bytes of a request target that are believed without having seen the end of the line. */
export const BELIEVABLE_TARGET_BYTES = 512
/** A content coding may expand a body to this many times the kept size before it is cut (decompression bomb). */
export const MAX_DECODED_RATIO = 16
/** Content codings applied one after another (RFC 9110, section 8.4); more are an attack. */
export const MAX_CODINGS = 4
/** Query parameters and cookies that are put into the row. */
export const MAX_PARAMETERS = 256
