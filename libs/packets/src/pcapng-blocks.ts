/** Block types of pcapng that are read (draft-ietf-opsawg-pcapng, section 11.1). */
export const Block = {
  Section: 0x0a0d0d0a,
  Interface: 1,
  ObsoletePacket: 2,
  SimplePacket: 3,
  NameResolution: 4,
  InterfaceStatistics: 5,
  EnhancedPacket: 6,
  DecryptionSecrets: 10,
} as const

/** A block that is read must fit into memory; libpcap has the same bound. Unknown blocks may be longer. */
export const LARGEST_BLOCK = 16 * 1024 * 1024

export function isKnownBlock(type: number): boolean {
  return (type >= 1 && type <= 6) || type === Block.DecryptionSecrets || type === Block.Section
}

/**
 * Index of the next block of a known type whose two lengths agree, in [from, end); or -1 - index of the first place
 * that cannot be judged before more of the file is there.
 */
export function findBlock(view: DataView, from: number, end: number, little: boolean, final: boolean): number {
  for (let at = from; at + 12 <= end; at++) {
    const type = view.getUint32(at, little)
    if (!isKnownBlock(type)) continue
    const swapped = type === Block.Section && (view.getUint32(at + 8) === 0x4d3c2b1a) !== little
    const order = swapped ? !little : little
    const length = view.getUint32(at + 4, order)
    if (length < 12 || length > LARGEST_BLOCK || (length & 3) !== 0) continue
    if (at + length <= end) {
      if (view.getUint32(at + length - 4, order) === length) return at
    } else if (!final) return -at - 1
  }
  return final ? -end - 1 : -Math.max(from, end - 11) - 1
}
