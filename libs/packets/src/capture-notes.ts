/** Something about a capture file that a person should know. */
export interface Warning {
  /** Offset in the file, bytes. */
  readonly offset: number
  readonly text: string
}

/** A block of decryption secrets (pcapng DSB). */
export interface Secrets {
  /** `0x544c534b` for a TLS key log (NSS format), others by the pcapng specification. */
  readonly type: number
  readonly bytes: Uint8Array
}

/** Names of an address, from a pcapng name resolution block. */
export interface NameRecord {
  /** IPv4 dotted or IPv6 in its short form. */
  readonly address: string
  readonly names: readonly string[]
}

export interface Comment {
  /** Number of the packet it belongs to; 0 for one about the whole section. */
  readonly packet: number
  readonly text: string
}

/** What a capture file holds beside packets. Empty for pcap. */
export interface CaptureExtras {
  readonly secrets: readonly Secrets[]
  readonly names: readonly NameRecord[]
  readonly comments: readonly Comment[]
}

/** A damaged or hostile file must not fill the memory with notes: what exceeds these bounds is dropped. */
const MAX_WARNINGS = 100
const MAX_EXTRAS = 65_536
const MAX_SECRET_BYTES = 64 * 1024 * 1024

export class CaptureNotes implements CaptureExtras {
  readonly warnings: Warning[] = []
  readonly secrets: Secrets[] = []
  readonly names: NameRecord[] = []
  readonly comments: Comment[] = []
  #secretBytes = 0

  warn(offset: number, text: string): void {
    if (this.warnings.length < MAX_WARNINGS) this.warnings.push({ offset, text })
  }

  addSecrets(type: number, bytes: Uint8Array): void {
    if (this.secrets.length >= MAX_EXTRAS || this.#secretBytes + bytes.length > MAX_SECRET_BYTES) return
    this.#secretBytes += bytes.length
    this.secrets.push({ type, bytes })
  }

  addName(address: string, names: readonly string[]): void {
    if (this.names.length < MAX_EXTRAS && names.length > 0) this.names.push({ address, names })
  }

  addComment(packet: number, text: string): void {
    if (this.comments.length < MAX_EXTRAS) this.comments.push({ packet, text })
  }
}
