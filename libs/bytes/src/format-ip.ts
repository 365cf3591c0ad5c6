/** Second half of an IPv4-mapped address (RFC 4291, section 2.5.5.2), in the third word. */
const MAPPED = 0xffff

/** Dotted form of an IPv4 address given as one 32-bit word. */
export function formatIpv4(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`
}

/**
 * Text of an address in four 32-bit words as `Packet` holds it: IPv4-mapped addresses are IPv4 and come out dotted,
 * all others in the short form of RFC 5952.
 */
export function formatIp(word0: number, word1: number, word2: number, word3: number): string {
  if (word0 === 0 && word1 === 0 && word2 === MAPPED) return formatIpv4(word3)
  return formatIpv6(word0, word1, word2, word3)
}

/** RFC 5952: lower case, no leading zeros, `::` for the longest run of two or more zero groups, the first of equals. */
export function formatIpv6(word0: number, word1: number, word2: number, word3: number): string {
  const words = [word0, word1, word2, word3]
  const groups: number[] = []
  for (const word of words) groups.push(word >>> 16, word & 0xffff)
  let best = -1
  let bestLength = 1
  for (let at = 0; at < 8; at++) {
    let length = 0
    while (at + length < 8 && groups[at + length] === 0) length++
    if (length > bestLength) {
      best = at
      bestLength = length
    }
    at += length
  }
  if (best < 0) return hexGroups(groups)
  return `${hexGroups(groups.slice(0, best))}::${hexGroups(groups.slice(best + bestLength))}`
}

function hexGroups(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(':')
}
