/** Largest frame that is believed: RabbitMQ's default is 128 KiB, its advice to stay below 1 MiB. */
export const MAX_FRAME_BYTES = 16 * 1024 * 1024

/** Method and header frames are read whole up to this size: tables are small. Longer ones are refused. */
export const MAX_WHOLE_BYTES = 256 * 1024

/** Contents in progress on one side: channels that publish at the same time. Further ones are not put together. */
export const MAX_CONTENTS = 2048

/** Requests that wait for an answer on one connection; the oldest is then shown without one. */
export const MAX_WAITING = 4096

/** Nesting of field tables: a table within a table costs 6 bytes only. */
export const MAX_DEPTH = 16

/** Fields of one table, and elements of one array. */
export const MAX_TABLE_FIELDS = 256

/** Size of a content that is believed: RabbitMQ's bound is 512 MiB. */
export const MAX_CONTENT_BYTES = 0x8000_0000

export const MAX_SUMMARY_CHARACTERS = 160
