/** Bytes of frames for tests and composed captures. */
export interface FrameOptions {
  readonly fin?: boolean
  readonly compressed?: boolean
  /** Masking key; none where left out, as servers send. */
  readonly mask?: readonly [number, number, number, number]
}

export const MASK_KEY = [0x37, 0xfa, 0x21, 0x3d] as const

export function frame(opcode: number, payload: string | Uint8Array, options: FrameOptions = {}): Uint8Array {
  const body = Buffer.from(payload)
  const { fin = true, compressed = false, mask } = options
  const bit = mask === undefined ? 0 : 0x80
  const size = body.length
  const length = size < 126 ? [bit | size] : [bit | 126, size >> 8, size & 0xff]
  const key = mask ?? [0, 0, 0, 0]
  const masked = body.map((byte, at) => byte ^ (key[at & 3] as number))
  return Uint8Array.from([(fin ? 0x80 : 0) | (compressed ? 0x40 : 0) | opcode, ...length, ...(mask ?? []), ...masked])
}
