import assert from 'node:assert/strict'
import { test } from 'node:test'

import { Message, Role } from '../contract/message.ts'
import { ByIdMatcher } from './by-id.ts'
import { OneWayMatcher } from './one-way.ts'

class Pairs {
  readonly pairs: string[] = []

  pair(request: Message | null, response: Message | null): void {
    this.pairs.push(`${request?.wireSize ?? '-'}:${response?.wireSize ?? '-'}`)
  }
}

/** `name` tells messages of one id apart. */
function message(role: Role, id: number, name: number): Message {
  const made = new Message(role)
  made.id = id
  made.wireSize = name
  return made
}

test('pairs by id in any order; an id used again ends the first one', () => {
  const sink = new Pairs()
  const matcher = new ByIdMatcher({ stalled: () => false })
  matcher.accept(message(Role.Request, 1, 10), sink)
  matcher.accept(message(Role.Request, 2, 20), sink)
  matcher.accept(message(Role.Response, 2, 21), sink)
  matcher.accept(message(Role.Request, 1, 11), sink)
  matcher.lost()
  matcher.accept(message(Role.Response, 1, 12), sink)
  matcher.accept(message(Role.Response, 3, 30), sink)
  matcher.accept(message(Role.OneWay, 0, 40), sink)
  matcher.accept(message(Role.Request, 5, 50), sink)
  matcher.close(sink)
  assert.deepEqual(sink.pairs, ['20:21', '10:-', '11:12', '-:30', '40:-', '50:-'])
})

test('a response waits for a request that a hole holds back', () => {
  const sink = new Pairs()
  const matcher = new ByIdMatcher({ stalled: () => true })
  matcher.accept(message(Role.Response, 1, 11), sink)
  matcher.accept(message(Role.Request, 1, 10), sink)
  matcher.accept(message(Role.Response, 2, 21), sink)
  matcher.close(sink)
  assert.deepEqual(sink.pairs, ['10:11', '-:21'])
})

test('requests without answers are bounded', () => {
  const sink = new Pairs()
  const matcher = new ByIdMatcher({ stalled: () => false })
  for (let id = 0; id < 10_000; id++) matcher.accept(message(Role.Request, id, id), sink)
  assert.equal(sink.pairs.length, 10_000 - 4096)
  assert.equal(sink.pairs[0], '0:-')
})

test('one way: every message stands alone', () => {
  const sink = new Pairs()
  const matcher = new OneWayMatcher()
  matcher.accept(message(Role.OneWay, 0, 1), sink)
  matcher.accept(message(Role.Response, 0, 2), sink)
  matcher.close()
  assert.deepEqual(sink.pairs, ['1:-', '-:2'])
})
