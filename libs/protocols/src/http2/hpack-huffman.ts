/**
 * Huffman code of HPACK (RFC 7541, appendix B). It is canonical: the lengths give the codes. Decoding goes by half
 * bytes through the states of the code tree; no code is shorter than five bits, so each step ends at most one symbol.
 */

/** Code length of each symbol; the last is EOS. */
const lengths: readonly number[] = (
  '13 23 28 28 28 28 28 28 28 24 30 28 28 30 28 28 28 28 28 28 28 28 30 28 28 28 28 28 28 28 28 28 ' +
  '6 10 10 12 13 6 8 11 10 10 8 11 8 6 6 6 5 5 5 6 6 6 6 6 6 6 7 8 15 6 12 10 ' +
  '13 6 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 7 8 7 8 13 19 13 14 6 ' +
  '15 5 6 5 6 5 6 6 6 5 7 7 6 6 6 5 6 7 6 5 5 6 7 7 7 7 7 15 11 14 13 28 ' +
  '20 22 20 20 22 22 22 23 22 23 23 23 23 23 24 23 24 24 22 23 24 23 23 23 23 21 22 23 22 23 23 24 ' +
  '22 21 20 22 22 23 23 21 23 22 22 24 21 22 23 23 21 21 22 21 23 22 23 23 20 22 22 22 23 22 22 23 ' +
  '26 26 20 19 22 23 22 25 26 26 26 27 27 26 24 25 19 21 26 27 27 26 27 24 21 21 26 26 28 27 27 27 ' +
  '20 24 20 21 22 21 21 23 22 22 25 25 24 24 26 23 26 27 26 26 27 27 27 27 27 28 27 27 27 27 27 26 ' +
  '30'
)
  .split(' ')
  .map(Number)

const EOS = 256
// A step of the machine: next state, symbol, and whether one has ended there.
const STATE_MASK = 0xff
const SYMBOL_SHIFT = 8
const EMITS = 1 << 16
const FAILS = 1 << 17

/** Code tree: two slots per inner node; a value ≥ 0 is an inner node, below it is -1 - symbol. */
function buildTree(): number[] {
  const tree: number[] = [0, 0]
  let code = 0
  const longest = Math.max(...lengths)
  for (let length = 1; length <= longest; length++) {
    for (let symbol = 0; symbol <= EOS; symbol++) {
      if (lengths[symbol] !== length) continue
      let node = 0
      for (let bit = length - 1; bit > 0; bit--) {
        const slot = node * 2 + ((code >>> bit) & 1)
        if (tree[slot] === 0) {
          tree[slot] = tree.length / 2
          tree.push(0, 0)
        }
        node = tree[slot] as number
      }
      tree[node * 2 + (code & 1)] = -1 - symbol
      code++
    }
    code <<= 1
  }
  return tree
}

const tree = buildTree()
const steps = buildSteps()
/** States in which the input may end: at a symbol's end, or in padding of up to seven one bits. */
const mayEnd = buildEnds()

function buildSteps(): Uint32Array {
  const table = new Uint32Array((tree.length / 2) * 16)
  for (let at = 0; at < table.length; at++) {
    let node = at >> 4
    let step = 0
    for (let bit = 3; bit >= 0; bit--) {
      const next = tree[node * 2 + ((at >> bit) & 1)] as number
      if (next >= 0) node = next
      else {
        const symbol = -1 - next
        step |= symbol === EOS ? FAILS : EMITS | (symbol << SYMBOL_SHIFT)
        node = 0
      }
    }
    table[at] = step | node
  }
  return table
}

function buildEnds(): Uint8Array {
  const ends = new Uint8Array(tree.length / 2)
  let node = 0
  for (let bits = 0; bits < 8; bits++) {
    ends[node] = 1
    node = tree[node * 2 + 1] as number
  }
  return ends
}

/**
 * Decodes bytes[start, end) into `out` from `at`; the caller has made room for `maxDecoded(end - start)`.
 * @returns end of the text in `out`; -1 when the code is not valid (EOS inside, or wrong padding)
 */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number, out: Uint8Array, at: number): number {
  let state = 0
  let to = at
  for (let from = start; from < end; from++) {
    const byte = bytes[from] as number
    const high = steps[(state << 4) | (byte >> 4)] as number
    if ((high & EMITS) !== 0) out[to++] = high >> SYMBOL_SHIFT
    const low = steps[((high & STATE_MASK) << 4) | (byte & 15)] as number
    if ((low & EMITS) !== 0) out[to++] = low >> SYMBOL_SHIFT
    if (((high | low) & FAILS) !== 0) return -1
    state = low & STATE_MASK
  }
  return mayEnd[state] === 1 ? to : -1
}

/** Most bytes that `length` coded bytes can stand for: the shortest code has five bits. */
export function maxDecoded(length: number): number {
  return ((length * 8) / 5 + 1) | 0
}
