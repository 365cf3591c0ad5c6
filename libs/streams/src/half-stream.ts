/** A segment that waits behind a hole. The bytes are its own copy. */
export interface HeldSegment {
  readonly seq: number
  readonly bytes: Uint8Array
  /** Bytes on the wire, more than captured where the snapshot length cut them. */
  readonly length: number
  readonly packet: number
  readonly time: number
}

/** Reassembly state of one direction of a TCP connection. Sequence numbers are signed 32 bit (`| 0`): they wrap. */
export class HalfStream {
  /** False until the first SYN or data of this direction. */
  started = false
  /** The SYN of this direction was seen: its stream is known from its first byte. */
  synSeen = false
  /** Next sequence number to deliver. */
  next = 0
  /** Sequence number of the SYN, to tell its retransmission from a new connection. */
  isn = 0
  /** Highest acknowledgement that the other side has sent for this direction. */
  acked = 0
  ackSeen = false
  finSeen = false
  /** Sequence number of the FIN. */
  fin = 0
  /** FIN reached in order, or RST: nothing more will be delivered. */
  ended = false
  /** Segments behind the hole at `next`, in order of sequence; null while there is none. */
  held: HeldSegment[] | null = null
  heldBytes = 0
  /** Packet time at which the hole at `next` was first seen. */
  holeSince = 0
}
