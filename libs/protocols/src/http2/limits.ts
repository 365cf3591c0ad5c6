/** A header block with its continuations: above, it is the CONTINUATION flood of CVE-2024-27316. Servers stop earlier. */
export const MAX_HEADER_BLOCK_BYTES = 256 << 10
/** Fields of one header block: indexed fields of one byte each must not become a list of millions. */
export const MAX_FIELDS = 2048
/** All names and values of one block: a long dynamic entry named again and again ("HPACK bomb", CVE-2016-1544). */
export const MAX_FIELD_LIST_BYTES = 1 << 20
/** Entries of the dynamic table, whatever size the peer allows: memory of one direction of a connection. */
export const MAX_TABLE_BYTES = 256 << 10
/** Table size until a size update says otherwise (RFC 9113, section 6.5.2). */
export const INITIAL_TABLE_BYTES = 4096
/** The same where the beginning was not seen: entries kept too long are never named, those dropped too early may be. */
export const LATE_TABLE_BYTES = 64 << 10
/** Streams in progress on one connection; one more ends the oldest. Servers allow 100 to 1,000 at a time. */
export const MAX_STREAMS = 4096
/** Bodies of all streams in progress on one connection: above, bytes are counted and no longer kept. */
export const MAX_BUFFERED_BYTES = 8 << 20
/** Streams ended by force whose late frames are known not to begin anything. */
export const MAX_CLOSED_STREAMS = 512
/** Frames of unknown types are passed over up to this size; a larger one is taken for a loss of step. */
export const MAX_UNKNOWN_FRAME_BYTES = 16_384
/** Largest frame that detection and resynchronisation believe in: what every peer accepts without asking. */
export const MAX_PLAIN_FRAME_BYTES = 16_384
/** Frames in a row that detection looks at. */
export const MAX_DETECT_FRAMES = 8

/** gRPC messages of one direction that are decoded into the row; all are counted. */
export const MAX_GRPC_MESSAGES = 256
/** Nested protobuf messages; the official parsers stop at 100. */
export const MAX_PROTOBUF_DEPTH = 24
/** Fields of one protobuf message that are shown; the rest is counted. */
export const MAX_PROTOBUF_FIELDS = 1024
/** Bytes field of a protobuf message, shown in base64. */
export const MAX_PROTOBUF_BLOB_BYTES = 1024
