/** Code tables of the IANA registry "Domain Name System (DNS) Parameters". */

export const Type = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  AAAA: 28,
  OPT: 41,
  TSIG: 250,
} as const

const TYPE_NAMES: readonly (readonly [number, string])[] = [
  [1, 'A'],
  [2, 'NS'],
  [3, 'MD'],
  [4, 'MF'],
  [5, 'CNAME'],
  [6, 'SOA'],
  [7, 'MB'],
  [8, 'MG'],
  [9, 'MR'],
  [10, 'NULL'],
  [11, 'WKS'],
  [12, 'PTR'],
  [13, 'HINFO'],
  [14, 'MINFO'],
  [15, 'MX'],
  [16, 'TXT'],
  [17, 'RP'],
  [18, 'AFSDB'],
  [19, 'X25'],
  [20, 'ISDN'],
  [21, 'RT'],
  [22, 'NSAP'],
  [23, 'NSAP-PTR'],
  [24, 'SIG'],
  [25, 'KEY'],
  [26, 'PX'],
  [27, 'GPOS'],
  [28, 'AAAA'],
  [29, 'LOC'],
  [30, 'NXT'],
  [31, 'EID'],
  [32, 'NIMLOC'],
  [33, 'SRV'],
  [34, 'ATMA'],
  [35, 'NAPTR'],
  [36, 'KX'],
  [37, 'CERT'],
  [38, 'A6'],
  [39, 'DNAME'],
  [40, 'SINK'],
  [41, 'OPT'],
  [42, 'APL'],
  [43, 'DS'],
  [44, 'SSHFP'],
  [45, 'IPSECKEY'],
  [46, 'RRSIG'],
  [47, 'NSEC'],
  [48, 'DNSKEY'],
  [49, 'DHCID'],
  [50, 'NSEC3'],
  [51, 'NSEC3PARAM'],
  [52, 'TLSA'],
  [53, 'SMIMEA'],
  [55, 'HIP'],
  [56, 'NINFO'],
  [57, 'RKEY'],
  [58, 'TALINK'],
  [59, 'CDS'],
  [60, 'CDNSKEY'],
  [61, 'OPENPGPKEY'],
  [62, 'CSYNC'],
  [63, 'ZONEMD'],
  [64, 'SVCB'],
  [65, 'HTTPS'],
  [66, 'DSYNC'],
  [99, 'SPF'],
  [100, 'UINFO'],
  [101, 'UID'],
  [102, 'GID'],
  [103, 'UNSPEC'],
  [104, 'NID'],
  [105, 'L32'],
  [106, 'L64'],
  [107, 'LP'],
  [108, 'EUI48'],
  [109, 'EUI64'],
  [128, 'NXNAME'],
  [249, 'TKEY'],
  [250, 'TSIG'],
  [251, 'IXFR'],
  [252, 'AXFR'],
  [253, 'MAILB'],
  [254, 'MAILA'],
  [255, 'ANY'],
  [256, 'URI'],
  [257, 'CAA'],
  [258, 'AVC'],
  [259, 'DOA'],
  [260, 'AMTRELAY'],
  [261, 'RESINFO'],
  [262, 'WALLET'],
  [32768, 'TA'],
  [32769, 'DLV'],
]
const typeNames = new Map(TYPE_NAMES)

/** Name of a record type; `TYPE1234` for an unassigned one (RFC 3597, section 5). */
export function typeName(type: number): string {
  return typeNames.get(type) ?? `TYPE${type}`
}

export function isAssignedType(type: number): boolean {
  return typeNames.has(type)
}

/** Top bit of a class: in mDNS "unicast answer wanted" (question) or "flush the cache" (record); RFC 6762, 18.12-13. */
export const MDNS_TOP_BIT = 0x8000

const CLASS_NAMES: Readonly<Record<number, string>> = { 1: 'IN', 2: 'CS', 3: 'CH', 4: 'HS', 254: 'NONE', 255: 'ANY' }

/** Name of a class without its mDNS bit; `CLASS7` for an unassigned one. */
export function className(value: number): string {
  return CLASS_NAMES[value] ?? `CLASS${value}`
}

export function isAssignedClass(value: number): boolean {
  return CLASS_NAMES[value] !== undefined
}

export const Opcode = { Query: 0, Iquery: 1, Status: 2, Notify: 4, Update: 5, Stateful: 6 } as const

const OPCODE_NAMES: readonly (string | undefined)[] = [
  'QUERY',
  'IQUERY',
  'STATUS',
  undefined,
  'NOTIFY',
  'UPDATE',
  'DSO',
]

export function opcodeName(opcode: number): string {
  return OPCODE_NAMES[opcode] ?? `OPCODE${opcode}`
}

export function isAssignedOpcode(opcode: number): boolean {
  return OPCODE_NAMES[opcode] !== undefined
}

const RCODE_NAMES: readonly (string | undefined)[] = [
  'NOERROR',
  'FORMERR',
  'SERVFAIL',
  'NXDOMAIN',
  'NOTIMP',
  'REFUSED',
  'YXDOMAIN',
  'YXRRSET',
  'NXRRSET',
  'NOTAUTH',
  'NOTZONE',
  'DSOTYPENI',
  undefined,
  undefined,
  undefined,
  undefined,
  'BADVERS',
  'BADKEY',
  'BADTIME',
  'BADMODE',
  'BADNAME',
  'BADALG',
  'BADTRUNC',
  'BADCOOKIE',
]

/** Name of a response code, with the upper bits of EDNS; `RCODE12` for an unassigned one. */
export function rcodeName(rcode: number): string {
  return RCODE_NAMES[rcode] ?? `RCODE${rcode}`
}

export function isAssignedRcode(rcode: number): boolean {
  return RCODE_NAMES[rcode] !== undefined
}

/** Header flags (RFC 1035, section 4.1.1; AD and CD of RFC 4035; the Z bit must be zero). */
export const Flag = {
  Response: 0x8000,
  AA: 0x0400,
  TC: 0x0200,
  RD: 0x0100,
  RA: 0x0080,
  Z: 0x0040,
  AD: 0x0020,
  CD: 0x0010,
} as const

/** EDNS options by code. */
export const OptionCode = {
  Nsid: 3,
  ClientSubnet: 8,
  Expire: 9,
  Cookie: 10,
  KeepAlive: 11,
  Padding: 12,
  ExtendedError: 15,
} as const

const OPTION_NAMES: Readonly<Record<number, string>> = {
  1: 'LLQ',
  2: 'UL',
  3: 'NSID',
  5: 'DAU',
  6: 'DHU',
  7: 'N3U',
  8: 'ECS',
  9: 'EXPIRE',
  10: 'COOKIE',
  11: 'TCP-KEEPALIVE',
  12: 'PADDING',
  13: 'CHAIN',
  14: 'KEY-TAG',
  15: 'EDE',
  16: 'CLIENT-TAG',
  17: 'SERVER-TAG',
  18: 'REPORT-CHANNEL',
  19: 'ZONEVERSION',
}

export function optionName(code: number): string {
  return OPTION_NAMES[code] ?? `OPT${code}`
}

/** Extended DNS errors by INFO-CODE (RFC 8914, section 4, and the IANA registry). */
const EXTENDED_ERRORS: readonly string[] = [
  'Other',
  'Unsupported DNSKEY Algorithm',
  'Unsupported DS Digest Type',
  'Stale Answer',
  'Forged Answer',
  'DNSSEC Indeterminate',
  'DNSSEC Bogus',
  'Signature Expired',
  'Signature Not Yet Valid',
  'DNSKEY Missing',
  'RRSIGs Missing',
  'No Zone Key Bit Set',
  'NSEC Missing',
  'Cached Error',
  'Not Ready',
  'Blocked',
  'Censored',
  'Filtered',
  'Prohibited',
  'Stale NXDOMAIN Answer',
  'Not Authoritative',
  'Not Supported',
  'No Reachable Authority',
  'Network Error',
  'Invalid Data',
  'Signature Expired before Valid',
  'Too Early',
  'Unsupported NSEC3 Iterations Value',
  'Unable to conform to policy',
  'Synthesized',
  'Invalid Query Type',
]

export function extendedErrorName(code: number): string {
  return EXTENDED_ERRORS[code] ?? `EDE${code}`
}

/** Parameters of SVCB and HTTPS records by key (RFC 9460, section 14.3.2). */
const SERVICE_PARAMETERS: readonly string[] = [
  'mandatory',
  'alpn',
  'no-default-alpn',
  'port',
  'ipv4hint',
  'ech',
  'ipv6hint',
  'dohpath',
  'ohttp',
]

export function serviceParameterName(key: number): string {
  return SERVICE_PARAMETERS[key] ?? `key${key}`
}

/** Ports whose messages are another entry protocol (RFC 6762, section 3; RFC 4795, section 2). */
export const MDNS_PORT = 5353
export const LLMNR_PORT = 5355
