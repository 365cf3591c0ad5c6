/** maxMessageSizeBytes of every server so far; four letters of text as a length are far above it. */
export const MAX_MESSAGE_BYTES = 48_000_000 + 16_384

/** A message up to this size is read whole; of a larger one this beginning is read, and the rest passed over. */
export const MAX_WHOLE_BYTES = 64 * 1024

/** Output of a decompression: what a bomb may cost. */
export const MAX_INFLATED_BYTES = 1024 * 1024

/** Nesting of documents: the server's own bound is 180 (BSONDepth::kDefaultMaxAllowableDepth is 200). */
export const MAX_DEPTH = 100

/** Exhaust replies whose request is remembered on one connection; the oldest are forgotten. */
export const MAX_EXHAUSTS = 256

/** A command name is taken for one up to this length: the server's longest has 40 letters. */
export const MAX_NAME_BYTES = 128

/** Error text that is kept. */
export const MAX_ERROR_CHARACTERS = 2048

export const MAX_SUMMARY_CHARACTERS = 160
