/** A message up to this size is read whole; of a larger one this beginning is read, and the rest passed over. */
export const MAX_WHOLE_BYTES = 64 * 1024

/** Messages that libpq itself takes for an accident above this, unless their type may be long (fe-protocol3.c). */
export const MAX_SHORT_MESSAGE_BYTES = 30_000

/** The server refuses a start-up packet above this (MAX_STARTUP_PACKET_LENGTH in pqcomm.h). */
export const MAX_STARTUP_BYTES = 10_000

/** Length of any message: the server's own bound is 1 GB. */
export const MAX_MESSAGE_BYTES = 0x4000_0000

/** A longer message is read, but begins nothing: four characters of text as a length are always above this. */
export const MAX_BELIEVED_BYTES = 16 * 1024 * 1024

/** Statement text that is kept. */
export const MAX_STATEMENT_BYTES = 16 * 1024

/** Bind message that is kept for its parameters, and text of one parameter. */
export const MAX_BIND_BYTES = 8 * 1024
export const MAX_PARAMETER_CHARACTERS = 512

/** Sample of a result: rows, their bytes, and the description of its columns. */
export const MAX_SAMPLE_ROWS = 20
export const MAX_SAMPLE_BYTES = 8 * 1024
export const MAX_DESCRIPTION_BYTES = 8 * 1024
export const MAX_COLUMNS = 256

/** Beginning of the data of a COPY. */
export const MAX_COPY_BYTES = 1024

/** Prepared statements and portals remembered for a connection; the oldest are forgotten. */
export const MAX_NAMED = 4096

/** Command tags, notices and start-up parameters listed in an entry: a script of thousands of statements is one message. */
export const MAX_TAGS = 64
export const MAX_NOTICES = 8
export const MAX_OPTIONS = 32

/** A name, a tag or the text of a field of an error. */
export const MAX_NAME_BYTES = 256
export const MAX_ERROR_TEXT_BYTES = 2048

/** Requests that wait for responses on one connection: libpq's pipeline mode has no bound of its own. */
export const MAX_WAITING = 16_384
