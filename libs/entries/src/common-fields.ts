import type { Field } from '@hindwire/protocols/contract/field.ts'

import { nameFields } from './name-fields.ts'

/** Variables that every entry has. What they are called and mean is fixed by the filter language; see KFL. */
const identityFields: readonly Field[] = [
  {
    variable: 'id',
    type: 'string',
    source: { joined: ['node', 'flow', 'index'], separator: '/' },
    description: 'identifier of the entry, `<node>/<flow>/<index>`; the same in every run',
    example: 'id == "worker-1/204/0"',
  },
  {
    variable: 'node_id',
    type: 'string',
    source: { column: 'node' },
    description: 'capturing node',
    example: 'node_id == "worker-1"',
  },
  {
    variable: 'worker',
    type: 'string',
    source: { column: 'node' },
    description: 'capturing node, by its older name',
    example: 'worker == "worker-1"',
  },
  {
    variable: 'stream',
    type: 'string',
    source: { joined: ['flow'], separator: '' },
    description: 'number of the flow, as text',
    example: 'stream == "204"',
  },
  {
    variable: 'index',
    type: 'int',
    source: { column: 'index' },
    description: 'number of the entry within its flow, from 0',
    example: 'index == 0',
  },
  {
    variable: 'conn_id',
    type: 'uint',
    source: { column: 'flow' },
    description: 'number of the connection: entries of one connection share it',
    example: 'conn_id == 204u',
  },
  {
    variable: 'flow_id',
    type: 'uint',
    source: { column: 'flow' },
    description: 'number of the flow: entries of one flow share it',
    example: 'flow_id == 204u',
  },
  {
    variable: 'protocol',
    type: 'string',
    source: { column: 'protocol' },
    description: 'protocol of the entry, in lower case',
    example: 'protocol == "redis"',
  },
  {
    variable: 'snapshot',
    type: 'string',
    source: { database: 'snapshot' },
    description: 'name of the snapshot that the entry was dissected from',
    example: 'snapshot == "incident-7"',
  },
  {
    variable: 'dissection',
    type: 'string',
    source: { database: 'dissection' },
    description: 'name of the dissection that made the entry',
    example: 'dissection == "first-look"',
  },
]

const timeFields: readonly Field[] = [
  {
    variable: 'timestamp',
    type: 'timestamp',
    source: { column: 'ts' },
    description: "time of the request's first packet (the response's, where it is alone)",
    example: 'timestamp > timestamp("2026-03-14T22:00:00Z")',
  },
  {
    variable: 'elapsed_time',
    type: 'int',
    source: { column: 'elapsed_us' },
    description: "request's last packet to response's first, µs; 0 for one-way messages",
    example: 'elapsed_time > 5000000',
  },
  {
    variable: 'duration_us',
    type: 'int',
    source: { column: 'duration_us' },
    description: 'first packet of the pair to its last, µs',
    example: 'duration_us > 1000000',
  },
]

const endpointFields: readonly Field[] = [
  {
    variable: 'src.ip',
    type: 'string',
    source: { column: 'src_ip' },
    description: 'address of the client: IPv4, or IPv6 in its short form',
    example: 'ip_in(src.ip, "10.0.0.0/8")',
  },
  {
    variable: 'src.port',
    type: 'int',
    source: { column: 'src_port' },
    description: 'port of the client',
    example: 'src.port > 32767',
  },
  {
    variable: 'dst.ip',
    type: 'string',
    source: { column: 'dst_ip' },
    description: 'address of the server: IPv4, or IPv6 in its short form',
    example: 'dst.ip == "10.0.2.10"',
  },
  {
    variable: 'dst.port',
    type: 'int',
    source: { column: 'dst_port' },
    description: 'port of the server',
    example: 'dst.port in [80, 8080]',
  },
]

/** Flags of the layer that carried an entry; those of the protocols come from the registry. */
const transportFields: readonly Field[] = ['tcp', 'udp', 'sctp', 'icmp'].map((name) => ({
  variable: name,
  type: 'bool',
  source: { oneOf: [name], of: 'transport' },
  description: `true where ${name.toUpperCase()} carried the entry`,
  example: `${name} && duration_us > 1000000`,
}))

const outcomeFields: readonly Field[] = [
  {
    variable: 'transport',
    type: 'string',
    source: { column: 'transport' },
    description: 'tcp, udp, sctp or icmp',
    example: 'transport == "udp"',
  },
  {
    variable: 'tunnel',
    type: 'string',
    source: { column: 'tunnel' },
    description: 'encapsulation that carried the entry, e.g. vxlan',
    example: 'tunnel == "vxlan"',
  },
  {
    variable: 'is_error',
    type: 'bool',
    source: { column: 'is_error' },
    description: 'true where the protocol itself says that the request failed',
    example: 'is_error && dst.port == 5432',
  },
  {
    variable: 'error_code',
    type: 'string',
    source: { column: 'error_code' },
    description: 'error code by name: NXDOMAIN, WRONGTYPE, a SQLSTATE, …',
    example: 'error_code == "NXDOMAIN"',
  },
  {
    variable: 'error_message',
    type: 'string',
    source: { column: 'error_message' },
    description: 'error text of the response',
    example: 'error_message.contains("timeout")',
  },
  {
    variable: 'summary',
    type: 'string',
    source: { column: 'summary' },
    description: 'the entry in one line',
    example: 'summary.contains("orders")',
  },
  {
    variable: 'request_size',
    type: 'int',
    source: { column: 'request_size' },
    description: 'bytes of the request on the wire (transport payload)',
    example: 'request_size > 100000',
  },
  {
    variable: 'response_size',
    type: 'int',
    source: { column: 'response_size' },
    description: 'bytes of the response on the wire (transport payload)',
    example: 'response_size > 100000',
  },
  {
    variable: 'total_size',
    type: 'int',
    source: { sum: ['request_size', 'response_size'] },
    description: 'bytes of request and response on the wire',
    example: 'total_size > 1000000',
  },
]

const evidenceFields: readonly Field[] = [
  {
    variable: 'completeness',
    type: 'string',
    source: { column: 'completeness' },
    description: 'complete, partial or inferred',
    example: 'completeness != "complete"',
  },
  {
    variable: 'completeness_reason',
    type: 'string',
    source: { column: 'completeness_reason' },
    description: 'why the entry is not complete',
    example: 'completeness_reason.contains("gap")',
  },
  {
    variable: 'has_pcap',
    type: 'bool',
    source: { present: 'file' },
    description: 'true where the packets of the entry can be had',
    example: 'has_pcap',
  },
  {
    variable: 'capture_file',
    type: 'string',
    source: { column: 'file' },
    description: "capture file of the entry's first packet",
    example: 'capture_file.endsWith(".pcapng")',
  },
  {
    variable: 'capture',
    type: 'map<string,string>',
    source: { mapOf: { node: 'node', file: 'file', tunnel: 'tunnel' } },
    description: 'where the packets were captured: node, file, tunnel',
    example: 'capture["file"] == "eth0.pcap"',
  },
  {
    variable: 'capture_source',
    type: 'string',
    source: { constant: 'af_packet' },
    description: 'always af_packet: every entry comes from captured packets',
    example: 'capture_source == "af_packet"',
  },
  {
    variable: 'capture_backend',
    type: 'string',
    source: { constant: 'af_packet' },
    description: 'always af_packet: every entry comes from captured packets',
    example: 'capture_backend == "af_packet"',
  },
  {
    variable: 'capture_source_code',
    type: 'int',
    source: { constant: 1 },
    description: 'capture_source as a number: 1 is af_packet',
    example: 'capture_source_code == 1',
  },
]

/** All variables that belong to no protocol, in the order of the documentation. */
export const commonFields: readonly Field[] = [
  ...identityFields,
  ...timeFields,
  ...endpointFields,
  ...nameFields,
  ...transportFields,
  ...outcomeFields,
  ...evidenceFields,
]
