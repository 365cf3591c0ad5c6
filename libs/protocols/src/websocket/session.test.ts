import assert from 'node:assert/strict'
import { test } from 'node:test'
import { constants, deflateRawSync } from 'node:zlib'

import { Side } from '../contract/message.ts'
import { Detection } from '../contract/protocol.ts'
import { type Link, Outcome } from '../contract/session.ts'
import { detect, sender } from './detect.ts'
import { WebsocketSession } from './session.ts'
import { frame, type FrameOptions, MASK_KEY } from './testdata/build-frame.ts'
import { WebsocketMessage } from './types.ts'

const mask = [...MASK_KEY] as const
const byClient = (opcode: number, text: string | Uint8Array, more: FrameOptions = {}): Uint8Array =>
  frame(opcode, text, { mask, ...more })

/** Messages of one side's bytes, given in pieces of `size`: `1:hello`, with ` (reason)` where not whole. */
function read(bytes: Uint8Array, size = bytes.length, side: Side = Side.Client, maxBodyBytes = 1000): string[] {
  const link: Link = {
    consumed: 0,
    message: null,
    reason: '',
    upgrade: '',
    serverPort: 0,
    transport: 'tcp',
    time: 0,
    maxBodyBytes,
    stamp: () => undefined,
    stalled: () => false,
  }
  const session = new WebsocketSession(link)
  const said: string[] = []
  let at = 0
  for (let end = Math.min(size, bytes.length); at < bytes.length;) {
    const outcome = session.parse(side, bytes, at, end)
    if (outcome === Outcome.Invalid) return [...said, 'invalid']
    if (outcome === Outcome.NeedMore) {
      if (end === bytes.length) break
      end = Math.min(end + size, bytes.length)
      continue
    }
    at += link.consumed
    if (outcome === Outcome.Message && link.message instanceof WebsocketMessage) said.push(textOf(link.message))
    if (at === end) end = Math.min(end + size, bytes.length)
  }
  if (session.end(side) && link.message instanceof WebsocketMessage) said.push(textOf(link.message))
  return said
}

function textOf({ opcode, body, length, size, partial }: WebsocketMessage): string {
  const text = Buffer.from(body.subarray(0, length)).toString()
  return `${opcode}:${text}${size > length ? `+${size - length}` : ''}${partial === '' ? '' : ` (${partial})`}`
}

test('fragments with control frames between them, in any split', () => {
  const bytes = Buffer.concat([
    byClient(1, 'one, ', { fin: false }),
    byClient(9, 'ping'),
    byClient(0, 'two, ', { fin: false }),
    byClient(10, ''),
    byClient(0, 'three'),
    byClient(2, 'x'.repeat(300)),
  ])
  const whole = ['9:ping', '10:', '1:one, two, three', `2:${'x'.repeat(300)}`]
  for (const size of [bytes.length, 1, 3, 7, 100]) assert.deepEqual(read(bytes, size), whole)
})

const compress = (text: string, dictionary?: Buffer): Uint8Array =>
  deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH, ...(dictionary && { dictionary }) }).subarray(0, -4)

test('permessage-deflate with and without context takeover', () => {
  const texts = ['{"price":1,"symbol":"ABCDEF"}', '{"price":2,"symbol":"ABCDEF"}']
  const first = frame(1, compress(texts[0] as string), { compressed: true })
  const alone = frame(1, compress(texts[1] as string), { compressed: true })
  const after = frame(1, compress(texts[1] as string, Buffer.from(texts[0] as string)), { compressed: true })
  const expected = texts.map((text) => `1:${text}`)
  assert.deepEqual(read(Buffer.concat([first, alone]), 5, Side.Server), expected)
  assert.deepEqual(read(Buffer.concat([first, after]), 5, Side.Server), expected)
  assert.notDeepEqual(read(after, 5, Side.Server), expected.slice(1), 'refers to what was not seen')
})

test('limits: long messages are counted, bombs stay compressed', () => {
  assert.deepEqual(read(byClient(1, 'y'.repeat(200)), 9, Side.Client, 50), [`1:${'y'.repeat(50)}+150`])
  const bomb = deflateRawSync(Buffer.alloc(100_000), { finishFlush: constants.Z_SYNC_FLUSH })
  assert.match(read(byClient(2, bomb, { compressed: true }))[0] ?? '', /^2:/u)
})

test('what no frame is', () => {
  const wrong = [
    [0x83, 0],
    [0xb1, 0],
    [0x09, 0],
    [0x89, 127, 0, 0, 0, 0, 0, 1, 0, 0],
    [0x81, 126, 0, 5],
    [0xc0, 0],
    [0x8b, 0],
  ]
  for (const bytes of wrong) assert.deepEqual(read(Uint8Array.from(bytes)), ['invalid'], bytes.join(' '))
  const twice = Buffer.concat([byClient(1, 'a', { fin: false }), byClient(1, 'b')])
  assert.deepEqual(read(twice), ['invalid'])
  assert.deepEqual(read(byClient(1, 'never ends', { fin: false })), ['1:never ends (cut)'])
})

const answer = (bytes: Uint8Array): Detection => detect(bytes, 0, bytes.length)

test('almost-websocket: in mid-stream only whole text is taken for it', () => {
  assert.equal(answer(byClient(1, 'hello')), Detection.Yes)
  assert.equal(sender(byClient(1, 'hello'), 0, 11), Side.Client)
  assert.equal(answer(Buffer.concat([frame(1, 'hello'), frame(2, 'x')])), Detection.Yes)
  assert.equal(answer(frame(1, 'hello').subarray(0, 4)), Detection.NeedMore)
  assert.equal(answer(Buffer.concat([frame(1, 'hello'), Uint8Array.of(0x13, 0x37)])), Detection.No)
  for (const bytes of [frame(2, 'hello'), frame(1, Uint8Array.of(1, 2, 3)), frame(9, 'hello'), frame(1, '')]) {
    assert.equal(answer(bytes), Detection.No)
  }
})
