import type { Field, FieldSource } from '../contract/field.ts'
import { flowProtocols } from './constants.ts'

/** Rates are taken over the flow's time, and over a second where it was shorter. */
const MICROSECONDS = 1_000_000

const local = (client: FieldSource, server: FieldSource): FieldSource => ({ side: 'local', client, server })
const remote = (client: FieldSource, server: FieldSource): FieldSource => ({ side: 'remote', client, server })
const perSecond = (column: string): FieldSource => ({
  ratio: column,
  to: ['duration_us'],
  scale: MICROSECONDS,
  atLeast: MICROSECONDS,
  whole: true,
})

const packets = [{ column: 'client_packets' }, { column: 'server_packets' }] as const
const bytes = [{ column: 'client_bytes' }, { column: 'server_bytes' }] as const
const packetRate = [perSecond('client_packets'), perSecond('server_packets')] as const
const byteRate = [perSecond('client_bytes'), perSecond('server_bytes')] as const

function flag(variable: string, entryProtocols: readonly string[], description: string): Field {
  return {
    variable,
    type: 'bool',
    source: { protocolIn: entryProtocols },
    description,
    example: `${variable} && conn_state == "open"`,
  }
}

const flags: readonly Field[] = [
  flag('flow', flowProtocols, 'true on flow entries of any transport'),
  flag('conn', flowProtocols, 'true on connection entries, which the flow entries are'),
  flag('tcp_conn', ['tcp_flow'], 'true on entries of TCP connections, which the TCP flow entries are'),
  flag('udp_conn', ['udp_flow'], 'true on entries of UDP conversations, which the UDP flow entries are'),
]

/** Variables that exist for connections (`conn_`) and for flows (`flow_`): one entry is both. */
function both(prefix: 'conn' | 'flow'): readonly Field[] {
  const number = (name: string, source: FieldSource, description: string): Field => ({
    variable: `${prefix}_${name}`,
    type: 'int',
    source,
    description,
    example: `${prefix}_${name} > 1000`,
  })
  return [
    {
      variable: `${prefix}_state`,
      type: 'string',
      source: { column: 'conn_state' },
      description: 'closed: its end was captured (of UDP: silence); open: only its beginning; in_progress: neither',
      example: `${prefix}_state == "open"`,
    },
    number('local_pkts', local(...packets), 'packets that the local side sent'),
    number('local_bytes', local(...bytes), 'bytes on the wire that the local side sent, with all headers'),
    number('remote_pkts', remote(...packets), 'packets that the remote side sent'),
    number('remote_bytes', remote(...bytes), 'bytes on the wire that the remote side sent, with all headers'),
    {
      variable: `${prefix}_l7_detected`,
      type: 'list<string>',
      source: { column: 'l7_detected' },
      description: 'protocols that were read in it, in upper case, in the order in which they were found',
      example: `"HTTP" in ${prefix}_l7_detected`,
    },
    {
      variable: `${prefix}_group_id`,
      type: 'int',
      source: { column: 'conn_group' },
      description: 'the same for all connections of one client host and one server port',
      example: `${prefix}_group_id == 4503599627370495`,
    },
  ]
}

const rates: readonly Field[] = [
  rate('flow_local_pps', local(...packetRate), 'packets per second that the local side sent'),
  rate('flow_local_bps', local(...byteRate), 'bytes per second that the local side sent'),
  rate('flow_remote_pps', remote(...packetRate), 'packets per second that the remote side sent'),
  rate('flow_remote_bps', remote(...byteRate), 'bytes per second that the remote side sent'),
]

function rate(variable: string, source: FieldSource, description: string): Field {
  return { variable, type: 'int', source, description, example: `${variable} > 1000` }
}

/** TCP metrics have the names of their columns. */
const counts: readonly (readonly [column: string, description: string])[] = [
  ['retransmissions', 'TCP segments that were sent again, fast and spurious ones included'],
  ['fast_retransmissions', 'retransmissions within 20 ms of two duplicate acknowledgements and more'],
  ['zero_window_events', 'segments that announce a window of 0'],
  ['window_full_events', "segments that fill the receiver's window to its edge"],
  ['window_scale', 'larger window shift of the two sides (RFC 7323); 0 without scaling, or without its handshake'],
  ['avg_receive_window', 'mean window that both sides announced, bytes'],
  ['out_of_order', 'segments that came after later ones, too soon for a retransmission'],
  ['dup_acks', 'duplicate acknowledgements'],
  ['missing_segments', 'times that the segments before one were not captured'],
  ['rst_count', 'segments with RST'],
  ['fin_count', 'segments with FIN'],
  ['keepalive_count', 'keep-alive probes'],
  ['connection_completeness', 'what was captured: SYN 1, SYN-ACK 2, ACK 4, data 8, FIN 16, RST 32, added up'],
  ['initial_rtt_us', 'latest SYN to the acknowledgement that ends the handshake, µs'],
  ['handshake_time_us', 'first SYN to the acknowledgement that ends the handshake, µs'],
  ['time_to_first_byte_us', "client's first data to the server's (from the handshake's end if it speaks first), µs"],
  ['rtt_min_us', 'shortest time from a segment to the acknowledgement of its end, µs'],
  ['rtt_max_us', 'longest time from a segment to the acknowledgement of its end, µs'],
  ['rtt_avg_us', 'mean time from a segment to the acknowledgement of its end, µs'],
  ['rtt_samples', 'number of those round trips'],
  ['jitter_us', 'mean difference of round trips that follow each other in one direction, µs'],
  ['goodput_bytes', 'payload of both sides without repetitions, bytes'],
]

const metrics: readonly Field[] = counts.map(([column, description]) => ({
  variable: column,
  type: 'int',
  source: { column },
  description,
  example: `tcp_flow && ${column} > 0`,
}))

const derived: readonly Field[] = [
  {
    variable: 'retransmission_rate',
    type: 'double',
    source: { ratio: 'retransmissions', to: ['client_packets', 'server_packets'], scale: 1, atLeast: 0, whole: false },
    description: 'retransmissions per packet of both sides, 0 to 1',
    example: 'retransmission_rate > 0.05',
  },
  {
    variable: 'connection_time_us',
    type: 'int',
    source: { column: 'duration_us' },
    description: 'first packet of the connection to its last, µs',
    example: 'tcp_flow && connection_time_us > 60000000',
  },
]

export const fields: readonly Field[] = [...flags, ...both('conn'), ...both('flow'), ...rates, ...metrics, ...derived]
