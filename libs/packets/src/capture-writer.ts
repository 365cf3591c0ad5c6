/** A frame to be written. */
export interface FrameRecord {
  /** µs since the Unix epoch; a fraction gives nanoseconds where the format holds them. */
  readonly time: number
  /** The frame as captured. */
  readonly bytes: Uint8Array
  /** Length on the wire, where more than was captured. */
  readonly wireLength?: number
  /** pcapng: index of the interface; 0 by default. */
  readonly interfaceId?: number
}

export interface PcapOptions {
  /** LINKTYPE_ value; Ethernet by default. */
  readonly linkType?: number
  readonly nanoseconds?: boolean
  readonly bigEndian?: boolean
  readonly snapLength?: number
}

const DEFAULT_SNAP_LENGTH = 262_144

/** A whole pcap file (draft-ietf-opsawg-pcap). Frames longer than the snapshot length are cut to it. */
export function pcapFile(frames: Iterable<FrameRecord>, options: PcapOptions = {}): Buffer {
  const parts: Uint8Array[] = [pcapFileHeader(options)]
  for (const frame of frames) parts.push(...pcapRecord(frame, options))
  return Buffer.concat(parts)
}

/** The 24 bytes at the start of a pcap file. */
export function pcapFileHeader(options: PcapOptions = {}): Buffer {
  const header = Buffer.alloc(24)
  const little = options.bigEndian !== true
  const view = viewOf(header)
  view.setUint32(0, options.nanoseconds === true ? 0xa1b23c4d : 0xa1b2c3d4, little)
  view.setUint16(4, 2, little)
  view.setUint16(6, 4, little)
  view.setUint32(16, options.snapLength ?? DEFAULT_SNAP_LENGTH, little)
  view.setUint32(20, options.linkType ?? 1, little)
  return header
}

/** One record: its header and its bytes, to be written one after the other. */
export function pcapRecord(frame: FrameRecord, options: PcapOptions = {}): [Buffer, Uint8Array] {
  const header = Buffer.alloc(16)
  const little = options.bigEndian !== true
  const view = viewOf(header)
  const snapLength = options.snapLength ?? DEFAULT_SNAP_LENGTH
  const captured = frame.bytes.length > snapLength ? frame.bytes.subarray(0, snapLength) : frame.bytes
  const seconds = Math.floor(frame.time / 1_000_000)
  const micros = frame.time - seconds * 1_000_000
  view.setUint32(0, seconds, little)
  view.setUint32(4, options.nanoseconds === true ? Math.round(micros * 1000) : Math.floor(micros), little)
  view.setUint32(8, captured.length, little)
  view.setUint32(12, frame.wireLength ?? frame.bytes.length, little)
  return [header, captured]
}

export interface PcapngInterface {
  readonly linkType: number
  /** The if_tsresol byte; 6 (microseconds) by default, decimal exponents only. */
  readonly resolution?: number
  /** if_tsoffset, seconds. */
  readonly offset?: number
}

export interface PcapngOptions {
  readonly interfaces?: readonly PcapngInterface[]
  readonly bigEndian?: boolean
  /** TLS key log, written as a decryption secrets block. */
  readonly keyLog?: string
  /** Address to names, written as a name resolution block. */
  readonly names?: ReadonlyMap<string, readonly string[]>
}

const TLS_KEY_LOG = 0x544c534b

/** One section of pcapng with its interfaces (draft-ietf-opsawg-pcapng). Sections may follow one another in a file. */
export function pcapngSection(frames: Iterable<FrameRecord>, options: PcapngOptions = {}): Buffer {
  const little = options.bigEndian !== true
  const interfaces = options.interfaces ?? [{ linkType: 1 }]
  const parts = [sectionHeader(little)]
  for (const description of interfaces) parts.push(interfaceBlock(description, little))
  if (options.keyLog !== undefined) parts.push(secretsBlock(options.keyLog, little))
  if (options.names !== undefined) parts.push(namesBlock(options.names, little))
  for (const frame of frames) parts.push(packetBlock(frame, interfaces, little))
  return Buffer.concat(parts)
}

/** Any block around a body: type, length, body padded to 32 bits, length. */
export function pcapngBlock(type: number, body: Uint8Array, little = true): Buffer {
  const padded = (body.length + 3) & ~3
  const block = Buffer.alloc(padded + 12)
  const view = viewOf(block)
  view.setUint32(0, type, little)
  view.setUint32(4, block.length, little)
  block.set(body, 8)
  view.setUint32(block.length - 4, block.length, little)
  return block
}

function sectionHeader(little: boolean): Buffer {
  const body = Buffer.alloc(16)
  const view = viewOf(body)
  view.setUint32(0, 0x1a2b3c4d, little)
  view.setUint16(4, 1, little)
  // Section length: not given.
  view.setBigInt64(8, -1n, little)
  return pcapngBlock(0x0a0d0d0a, body, little)
}

function interfaceBlock(description: PcapngInterface, little: boolean): Buffer {
  const body = Buffer.alloc(8 + 8 + 12 + 4)
  const view = viewOf(body)
  view.setUint16(0, description.linkType, little)
  view.setUint16(8, 9, little)
  view.setUint16(10, 1, little)
  body[12] = description.resolution ?? 6
  view.setUint16(16, 14, little)
  view.setUint16(18, 8, little)
  view.setBigInt64(20, BigInt(description.offset ?? 0), little)
  return pcapngBlock(1, body, little)
}

function secretsBlock(keyLog: string, little: boolean): Buffer {
  const text = Buffer.from(keyLog)
  const body = Buffer.alloc(8 + text.length)
  const view = viewOf(body)
  view.setUint32(0, TLS_KEY_LOG, little)
  view.setUint32(4, text.length, little)
  body.set(text, 8)
  return pcapngBlock(10, body, little)
}

/** IPv4 only. */
function namesBlock(names: ReadonlyMap<string, readonly string[]>, little: boolean): Buffer {
  const parts: Buffer[] = []
  for (const [address, list] of names) {
    const value = Buffer.from([
      ...address.split('.').map(Number),
      ...Buffer.from(list.map((name) => `${name}\0`).join('')),
    ])
    const record = Buffer.alloc(4 + ((value.length + 3) & ~3))
    viewOf(record).setUint16(0, 1, little)
    viewOf(record).setUint16(2, value.length, little)
    record.set(value, 4)
    parts.push(record)
  }
  return pcapngBlock(4, Buffer.concat([...parts, Buffer.alloc(4)]), little)
}

function packetBlock(frame: FrameRecord, interfaces: readonly PcapngInterface[], little: boolean): Buffer {
  const id = frame.interfaceId ?? 0
  const source = interfaces[id]
  const body = Buffer.alloc(20 + frame.bytes.length)
  const view = viewOf(body)
  const units = pcapngUnits(frame.time, source?.resolution ?? 6, source?.offset ?? 0)
  view.setUint32(0, id, little)
  view.setUint32(4, Number(units >> 32n), little)
  view.setUint32(8, Number(units & 0xffff_ffffn), little)
  view.setUint32(12, frame.bytes.length, little)
  view.setUint32(16, frame.wireLength ?? frame.bytes.length, little)
  body.set(frame.bytes, 20)
  return pcapngBlock(6, body, little)
}

/** A time as the interface counts it. */
function pcapngUnits(time: number, resolution: number, offset: number): bigint {
  const nanoseconds =
    BigInt(Math.floor(time)) * 1000n + BigInt(Math.round((time % 1) * 1000)) - BigInt(offset) * 10n ** 9n
  return resolution >= 9 ? nanoseconds * 10n ** BigInt(resolution - 9) : nanoseconds / 10n ** BigInt(9 - resolution)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
