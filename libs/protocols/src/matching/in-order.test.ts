import assert from 'node:assert/strict'
import { test } from 'node:test'

import * as fc from 'fast-check'

import { Message, Role } from '../contract/message.ts'
import { InOrderMatcher } from './in-order.ts'

/** A connection in short: `q3` is request 3, `r3` its response; packets count up with each. */
class Script {
  readonly pairs: string[] = []
  stalled = false
  readonly matcher: InOrderMatcher
  readonly #names = new Map<Message, string>()
  #packet = 0

  constructor(maxWaiting?: number) {
    this.matcher = new InOrderMatcher({ stalled: () => this.stalled }, maxWaiting)
  }

  pair(request: Message | null, response: Message | null): void {
    const name = (message: Message | null): string => (message === null ? '-' : (this.#names.get(message) as string))
    this.pairs.push(`${name(request)}:${name(response)}${response?.inferred === true ? '?' : ''}`)
  }

  /** `packet`: where the message was captured, when not behind the one before. */
  message(name: string, packet = ++this.#packet): Message {
    const message = new Message(name.startsWith('q') ? Role.Request : Role.Response)
    this.#names.set(message, name)
    message.firstPacket = packet
    message.lastPacket = packet
    return message
  }

  say(...names: string[]): this {
    for (const name of names) this.matcher.accept(this.message(name), this)
    return this
  }

  lost(): this {
    this.matcher.lost()
    return this
  }

  end(): string {
    this.matcher.close(this)
    return this.pairs.join(' ')
  }
}

test('pipelining pairs by order; what remains stands alone', () => {
  assert.equal(new Script().say('q1', 'q2', 'q3', 'r1', 'r2', 'q4', 'r3').end(), 'q1:r1 q2:r2 q3:r3 q4:-')
  assert.equal(new Script().say('r0', 'q1', 'r1').end(), '-:r0 q1:r1')
})

test('excessive pipelining: what is given up does not shift the rest', () => {
  const script = new Script(2).say('q1', 'q2', 'q3', 'q4')
  assert.equal(script.matcher.oldest(), undefined, 'the next response answers q1, which is gone')
  assert.equal(script.say('r1', 'r2', 'r3', 'r4').end(), 'q1:- q2:- -:r1 -:r2 q3:r3 q4:r4')
})

test('any pipelining within and beyond the bound pairs only what belongs together', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), (steps, bound) => {
      const script = new Script(bound)
      let asked = 0
      let answered = 0
      for (const ask of steps) {
        if (ask) script.say(`q${++asked}`)
        else if (answered < asked) script.say(`r${++answered}`)
      }
      const pairs = script.end().split(' ').filter(Boolean)
      for (const pair of pairs) assert.match(pair, /^(?:q(\d+):(?:r\1|-)|-:r\d+)$/u)
      const named = pairs.join(':').match(/[qr]\d+/gu) ?? []
      assert.equal(new Set(named).size, asked + answered)
      assert.equal(named.length, asked + answered)
    }),
    { seed: 11 },
  )
})

test('a response that overtakes the end of its request', () => {
  const script = new Script()
  const upload = script.message('q1')
  script.matcher.open(upload)
  script.say('r1')
  assert.deepEqual(script.pairs, [])
  script.matcher.accept(upload, script)
  assert.equal(script.end(), 'q1:r1')
})

test('responses wait for requests that a hole holds back', () => {
  const script = new Script()
  const first = script.message('q1')
  script.stalled = true
  script.say('r1', 'r2')
  assert.deepEqual(script.pairs, [])
  script.matcher.accept(first, script)
  script.matcher.accept(script.message('q2', 1), script)
  assert.equal(script.end(), 'q1:r1 q2:r2')
})

test('an open request takes the response that came before it was read', () => {
  const script = new Script()
  const upload = script.message('q1')
  script.stalled = true
  script.say('r1')
  script.stalled = false
  script.matcher.open(upload)
  script.say('r2')
  script.matcher.accept(upload, script)
  assert.equal(script.end(), 'q1:r1 -:r2')
})

test('after the loss of a response, the next one goes to the last request before it', () => {
  assert.equal(new Script().say('q1').lost().say('q2', 'r2', 'q3', 'r3').end(), 'q1:- q2:r2? q3:r3')
})

test('no response answers a request that began after it', () => {
  const script = new Script()
  const held = script.message('r1')
  script.say('q2')
  script.matcher.accept(held, script)
  assert.equal(script.say('r2').end(), '-:r1 q2:r2')
  const early = new Script()
  early.stalled = true
  early.say('r1')
  early.lost()
  early.stalled = false
  assert.equal(early.say('q2', 'r2').end(), '-:r1 q2:r2')
})

test('after a loss while nothing waits, pairs of a pipelining client are marked', () => {
  assert.equal(new Script().say('q1', 'r1').lost().say('q2', 'q3', 'r2', 'r3').end(), 'q1:r1 q2:r2? q3:r3?')
  assert.equal(new Script().lost().say('q2', 'r2', 'q3', 'q4', 'r3', 'r4').end(), 'q2:r2 q3:r3 q4:r4')
})

test('a loss forgets the debts of requests given up', () => {
  assert.equal(new Script(1).say('q1', 'q2').lost().say('r2').end(), 'q1:- q2:r2')
})
