/** Output of a compressed message, as a multiple of the body limit: what expands more is left compressed. */
export const MAX_INFLATED_RATIO = 16
/** Sliding window of DEFLATE, and so of permessage-deflate with context takeover (RFC 7692, section 7.1.2). */
export const WINDOW_BYTES = 32 * 1024
/** Longest text frame from which a connection is recognised in mid-stream: the engine gives 4 KiB to look at. */
export const MAX_DETECTED_BYTES = 4000
/** Characters of a message in the summary. */
export const MAX_SUMMARY_BYTES = 120
/** Longest frame that is taken for one: 2^53 and more is an accident. */
export const MAX_FRAME_BYTES = 2 ** 52
/** Payload of a control frame: 125 bytes are allowed, some senders close with longer reasons. */
export const MAX_CONTROL_BYTES = 0xffff
