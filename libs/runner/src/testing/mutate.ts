import { TcpSession } from '@hindwire/testkit/tcp-session.ts'

import type { Frame } from './capture-rows.ts'
import { conversationsIn } from './conversations.ts'
import type { TestCapture } from './testdata.ts'

/** Link, network and transport headers: bytes before this are left alone, so that the payloads still arrive. */
const HEADERS = 54

/** The frames with some payload bytes changed, some frames dropped, cut, repeated or swapped. */
export function mutated(frames: readonly Frame[], random: () => number): Frame[] {
  const changed: Frame[] = []
  for (const frame of frames) {
    const dice = random()
    if (dice < 0.03) continue
    changed.push(dice < 0.5 ? frame : withChanges(frame, random))
    if (dice > 0.97) changed.push(frame)
  }
  for (let n = 0; n < changed.length / 20; n++) {
    const at = Math.floor(random() * (changed.length - 1))
    const swapped = changed.splice(at, 1)
    changed.splice(at + 1, 0, ...swapped)
  }
  return changed
}

function withChanges(frame: Frame, random: () => number): Frame {
  const bytes = frame.bytes.slice()
  const count = Math.floor(random() * 4)
  for (let n = 0; n < count && bytes.length > HEADERS; n++) {
    const at = HEADERS + Math.floor(random() * (bytes.length - HEADERS))
    bytes[at] = Math.floor(random() * 256)
  }
  if (random() < 0.03) return { ...frame, bytes: bytes.subarray(0, HEADERS), wireLength: bytes.length }
  return { ...frame, bytes }
}

/** A connection that begins as a capture's does and goes on with random bytes, and pieces of what was said before. */
export function randomConversation(random: () => number, port: number, captures: readonly TestCapture[]): Frame[] {
  const pieces = captures.flatMap(({ frames }) => conversationsIn(frames)).flatMap((each) => each.pieces)
  const session = new TcpSession({ server: { ip: '10.9.9.9', port } }).open()
  const pick = (): Uint8Array => pieces[Math.floor(random() * pieces.length)]?.bytes ?? new Uint8Array(8)
  if (pieces[0] !== undefined) session.send(pieces[0].from, pieces[0].bytes)
  for (let n = 0; n < 60; n++) {
    const from = random() < 0.5 ? 'client' : 'server'
    const junk = Uint8Array.from({ length: 1 + Math.floor(random() * 300) }, () => Math.floor(random() * 256))
    const bytes = random() < 0.5 ? junk : pick()
    if (random() < 0.1) session.lost(from, bytes.length)
    else session.send(from, bytes)
  }
  return session.close().frames
}
