/** `socket.request.max.bytes` is 100 MiB, answers to Fetch are a little above what was asked. Longer is an accident. */
export const MAX_MESSAGE_BYTES = 256 << 20

/** Bytes kept of a message besides what the body limit allows: headers, names, partitions. */
export const KEPT_OVERHEAD_BYTES = 1024

/** A message larger than this is taken in parts, so that a long answer in many segments is not read again and again. */
export const PART_BYTES = 1024

/** Characters of a client id: what Kafka takes for a resource name, with room. */
export const MAX_CLIENT_ID_BYTES = 512

/** Kafka's own bound of topic names. */
export const MAX_TOPIC_BYTES = 249

/** Values decoded of one message; a crafted array of empty structures must not fill the memory. */
export const MAX_VALUES = 100_000

/** Structures in structures. Kafka's own messages have five. */
export const MAX_DEPTH = 8

/** A string in `detail`; longer ones are cut there. */
export const MAX_STRING_BYTES = 512

/** Records decoded of one message. The rest is counted. */
export const MAX_RECORDS = 512

/** Decompressed bytes of one batch: against compression bombs. */
export const MAX_DECOMPRESSED_BYTES = 1 << 20

/** Distance of an unasked correlation id from the newest one asked: what is further off is not a response. */
export const MAX_CORRELATION_DISTANCE = 10_000

/** Topics in `path` and in `kafka_topics`. */
export const MAX_TOPICS = 64

export const MAX_SUMMARY_CHARACTERS = 160

/** Values kept of a message for `detail`, weighed: 8 each, and the bytes of strings. The rest is counted only. */
export const MAX_KEPT_COST = 16 * 1024
