/** A packet up to this size is read whole; of a larger one this beginning is read, and the rest passed over. */
export const MAX_WHOLE_BYTES = 64 * 1024

/** A payload of this size goes on in the next packet. */
export const FULL_PAYLOAD_BYTES = 0xff_ffff

/** A compressed frame must be had whole to be read: servers make them of 16 KiB, clients of 1 MiB at most. */
export const MAX_FRAME_BYTES = 900 * 1024

/** What a compressed frame may become: a bomb of 900 KiB would make 900 MiB. */
export const MAX_INFLATED_BYTES = 16 * 1024 * 1024

/** A greeting, a login, an error: longer ones begin nothing. */
export const MAX_GREETING_BYTES = 512
export const MAX_LOGIN_BYTES = 8 * 1024
export const MAX_ERROR_BYTES = 1024

/** Length of a packet that begins something, where nothing is known yet. */
export const MAX_BELIEVED_BYTES = 4 * 1024 * 1024

/** Statement text that is kept. */
export const MAX_STATEMENT_BYTES = 16 * 1024

/** Parameters of an execution that are kept, and the text of one value. */
export const MAX_PARAMETER_BYTES = 8 * 1024
export const MAX_VALUE_CHARACTERS = 512
export const MAX_PARAMETERS = 1024

/** Sample of a result: rows, their bytes, the definitions of its columns. Column definitions of a result: the server allows 4,096. */
export const MAX_SAMPLE_ROWS = 20
export const MAX_SAMPLE_BYTES = 8 * 1024
export const MAX_COLUMNS = 256
export const MAX_RESULT_COLUMNS = 4096

/** Beginning of a file sent with LOAD DATA LOCAL. */
export const MAX_FILE_BYTES = 1024

/** Prepared statements remembered for a connection; the oldest are forgotten. */
export const MAX_STATEMENTS = 4096

/** Connection attributes of a login. */
export const MAX_ATTRIBUTES = 32
export const MAX_NAME_BYTES = 256
