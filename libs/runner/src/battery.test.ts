/** What every protocol of the registry must stand, with the captures of its own `testdata`. No protocol can leave. */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'

import type { StoredRow } from '@hindwire/entries/catalogue.ts'
import type { Protocol } from '@hindwire/protocols/contract/protocol.ts'
import { protocols } from '@hindwire/protocols/registry.ts'
import { chunksOf, randomChunks } from '@hindwire/testkit/chunkers.ts'
import { seededRandom } from '@hindwire/testkit/seeded-random.ts'

import { compactRow, contentOf, dissectFrames, type Frame } from './testing/capture-rows.ts'
import { type Conversation, conversationsIn, replay } from './testing/conversations.ts'
import { countingCalls } from './testing/counting.ts'
import { compareWithGolden } from './testing/golden.ts'
import { mutated, randomConversation } from './testing/mutate.ts'
import { checkPrefixes } from './testing/prefixes.ts'
import { allCaptures, type TestCapture } from './testing/testdata.ts'

/** Conversations larger than this are not split into single bytes. */
const SMALL = 3000
/** Pairs that a conversation needs for a test that loses some of them. */
const LONG = 6
/** The first bytes of a connection decide how these are read, so that they cannot be joined in mid-stream. */
const NEEDS_ITS_START: ReadonlySet<string> = new Set<string>()
const SEED = 20_240_101
const captures = allCaptures()

function sumOfBuckets({ buckets }: { readonly buckets: Readonly<Record<string, number>> }): number {
  return Object.values(buckets).reduce((sum, count) => sum + count, 0)
}

function rowsOf(frames: readonly Frame[], ...without: string[]): string[] {
  return dissectFrames(frames).rows.map((row) => contentOf(row, ...without))
}

function isOf(protocol: Protocol, { protocol: name }: StoredRow): boolean {
  return typeof name === 'string' && protocol.entryProtocols.includes(name)
}

/** Whole pairs of a protocol, what they say, wherever they stand. */
function wholePairs(protocol: Protocol, frames: readonly Frame[]): string[] {
  return dissectFrames(frames)
    .rows.filter((row) => isOf(protocol, row) && row['completeness_reason'] !== 'no response')
    .map((row) => contentOf(row, 'index', 'completeness', 'completeness_reason'))
}

/** The last whole pair of a conversation, and the piece in which it begins. */
function lastPair(protocol: Protocol, conversation: Conversation): { readonly last: string; readonly piece: number } {
  const frames = replay(conversation)
  const { rows } = dissectFrames(frames)
  const last = wholePairs(protocol, frames).at(-1) as string
  const row = rows.findLast((each) => contentOf(each, 'index', 'completeness', 'completeness_reason') === last)
  const packets = ['request_first_packet', 'response_first_packet'].map((name) => Number(row?.[name] || Infinity))
  return { last, piece: frames[Math.min(...packets) - 1]?.piece ?? 0 }
}

function longConversations(protocol: Protocol, own: readonly TestCapture[]): Conversation[] {
  return own
    .flatMap(({ frames }) => conversationsIn(frames))
    .filter((each) => each.whole && wholePairs(protocol, replay(each)).length >= LONG)
}

for (const protocol of protocols.filter(({ ofFlows }) => ofFlows !== true)) {
  const own = captures.filter((capture) => capture.protocol === protocol.name)
  const isTcp = protocol.transports.includes('tcp')
  suite(`battery: ${protocol.name}`, () => {
    test('has captures, small ones', () => {
      assert.ok(own.length > 0, `libs/protocols/src/${protocol.name}/testdata has no capture`)
      for (const { name, frames } of own) {
        const size = frames.reduce((sum, { bytes }) => sum + bytes.length, 0)
        assert.ok(size < 50_000, `${name} has ${size} bytes`)
      }
    })

    test('goldens', () => {
      for (const { url, frames } of own) compareWithGolden(url, dissectFrames(frames))
    })

    test('its captures give its entries, and none of strangers', () => {
      for (const { name, frames } of own) {
        const { rows } = dissectFrames(frames)
        const mine = rows.filter((row) => isOf(protocol, row))
        assert.ok(mine.length > 0, name)
        // Another protocol's entries are right only where it carries this one, or is carried: in the same flow.
        const flows = new Set(mine.map((row) => row['flow']))
        for (const row of rows) assert.ok(flows.has(row['flow']), `${name}: ${JSON.stringify(compactRow(row))}`)
      }
    })

    test('every packet in one bucket, and the same for any number of shards', () => {
      for (const { name, frames } of own) {
        const one = dissectFrames(frames)
        assert.equal(one.coverage.packets, frames.length, name)
        assert.equal(sumOfBuckets(one.coverage), frames.length, name)
        const expected = one.rows.map((row) => compactRow(row))
        for (const shards of [2, 7, 16]) {
          const many = dissectFrames(frames, { shards })
          assert.deepEqual(many.coverage, one.coverage, `${name}: ${shards} shards`)
          const rows = many.rows.map((row) => compactRow(row))
          assert.deepEqual(rows, expected, `${name}: ${shards} shards`)
        }
      }
    })

    test('any split into segments gives the same entries', () => {
      for (const { name, frames } of own) {
        for (const conversation of conversationsIn(frames)) {
          const whole = rowsOf(replay(conversation))
          const size = conversation.pieces.reduce((sum, { bytes }) => sum + bytes.length, 0)
          for (const length of [size <= SMALL ? 1 : 23, 7, 1000]) {
            const cut = (bytes: Uint8Array): Uint8Array[] => chunksOf(bytes, length)
            assert.deepEqual(rowsOf(replay(conversation, { cut })), whole, `${name} in pieces of ${length}`)
          }
          const cut = (bytes: Uint8Array, piece: number): Uint8Array[] => randomChunks(bytes, SEED + piece)
          assert.deepEqual(rowsOf(replay(conversation, { cut })), whole, `${name} in random pieces`)
        }
      }
    })

    test('every strict prefix of a message needs more', { skip: !isTcp }, () => {
      let checked = 0
      for (const { name, frames } of own) {
        for (const conversation of conversationsIn(frames)) checked += checkPrefixes(protocol, conversation, name)
      }
      assert.ok(checked > 0 || !own.some(({ frames }) => conversationsIn(frames).length > 0), 'no message was tried')
    })

    test('a gap, then recovery: the pairs behind it are there', { skip: !isTcp }, () => {
      const long = longConversations(protocol, own)
      const isStream = !protocol.transports.includes('udp')
      assert.ok(long.length > 0 || !isStream, `no capture has a connection with ${LONG} pairs and more`)
      for (const conversation of long) {
        const { last, piece: begin } = lastPair(protocol, conversation)
        for (let piece = 0; piece < Math.min(begin - 1, conversation.pieces.length / 2); piece++) {
          const after = wholePairs(protocol, replay(conversation, { lose: new Set([piece]) }))
          assert.ok(after.includes(last), `${protocol.name}, piece ${piece} lost: ${last}\n${after.join('\n')}`)
        }
      }
    })

    test('a start in mid-stream', { skip: !isTcp || NEEDS_ITS_START.has(protocol.name) }, () => {
      for (const conversation of longConversations(protocol, own)) {
        const { last, piece } = lastPair(protocol, conversation)
        for (let from = 1; from < Math.min(piece, conversation.pieces.length / 2); from++) {
          const after = wholePairs(protocol, replay(conversation, { from }))
          assert.ok(after.includes(last), `${protocol.name}, from piece ${from}: ${last}\n${after.join('\n')}`)
        }
      }
    })

    test('any bytes: nothing thrown, every packet booked, a bounded number of steps', () => {
      const counted = countingCalls(protocol)
      const among = protocols.map((each) => (each === protocol ? counted.protocol : each))
      for (let round = 0; round < 12; round++) {
        const random = seededRandom(SEED + round)
        const variants = own.map(({ frames }) => mutated(frames, random))
        variants.push(randomConversation(random, protocol.ports[0] ?? 9999, own))
        for (const frames of variants) {
          counted.reset()
          const { coverage } = dissectFrames(frames, { protocols: among })
          assert.equal(sumOfBuckets(coverage), frames.length, `seed ${SEED + round}`)
          const size = frames.reduce((sum, { bytes }) => sum + bytes.length, 0)
          assert.ok(counted.calls <= size + 4 * frames.length, `seed ${SEED + round}: ${counted.calls} calls`)
        }
      }
    })
  })
}
