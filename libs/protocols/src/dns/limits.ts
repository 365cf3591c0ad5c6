/** A header alone: id, flags, four counts (RFC 1035, section 4.1.1). */
export const HEADER_BYTES = 12

/** RFC 1035, section 2.3.4: a name on the wire, length bytes and root included. Stops names that grow by pointers. */
export const MAX_NAME_BYTES = 255

/** Records of one section that are written out as text. Stops a 64 KiB answer of 6,000 records from filling a row. */
export const MAX_SHOWN_RECORDS = 128

/** Characters of one record's data as text. Stops a 64 KiB TXT or NULL record from doing the same alone. */
export const MAX_DATA_CHARS = 2048

/** Characters of all written-out records of one message; behind it records are only counted. */
export const MAX_DETAIL_CHARS = 65_536

/** Queries of one conversation whose id is remembered for answers without a question. Stops a scan from one port. */
export const MAX_REMEMBERED_IDS = 4096

/** EDNS options, SVCB parameters and address prefixes that are written out of one record. */
export const MAX_SHOWN_ITEMS = 64
