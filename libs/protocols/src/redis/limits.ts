/**
 * An incomplete message up to this size is read again from its start; a larger one is taken in parts, so that a reply
 * of 100,000 elements in 1,000 segments is read once.
 */
export const PART_BYTES = 2048

/** A simple string, error or inline command without its end: Redis itself refuses inline requests above 64 KiB. */
export const MAX_LINE_BYTES = 64 * 1024

/** A type and length line (`*3`, `$11`, `:42`, `,1.5e3`) without its end. Big numbers are bounded by MAX_LINE_BYTES. */
export const MAX_HEADER_BYTES = 64

/** Aggregates in aggregates. Redis clients and servers stop at 7 to 128; a crafted `*1` × n must not grow a stack. */
export const MAX_DEPTH = 64

/** Elements of one aggregate, and bytes of one bulk string (2^32): above, a length is an accident, not a message. */
export const MAX_LENGTH = 0x1_0000_0000

/** Bytes kept of a message besides its largest body: headers, names, short arguments. */
export const KEPT_OVERHEAD_BYTES = 512

/** Length of `detail`: JSON of request and response. Elements beyond are left out, and counted. */
export const MAX_DETAIL_BYTES = 8 * 1024

/** One-line summary. */
export const MAX_SUMMARY_BYTES = 160

/** Key, verb of an unknown command, error text. */
export const MAX_KEY_BYTES = 4096
export const MAX_VERB_BYTES = 64
export const MAX_ERROR_BYTES = 1024

/** Arguments of a command that are looked at for its text. The rest is counted only. */
export const MAX_ARGUMENTS = 1024

/** A string in `detail`; longer ones are cut there, and are whole in the body columns as far as those go. */
export const MAX_DETAIL_STRING_BYTES = 1024
/** Commands that wait for their replies on one connection: pipelines of thousands are usual, a one-way capture is not. */
export const MAX_WAITING = 16_384
