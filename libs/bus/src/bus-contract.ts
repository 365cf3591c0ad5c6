import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'

import type { Bus, ConsumeOptions, Delivery } from './bus.ts'

/** Makes an empty bus and cleans up after the test. */
export type OpenBus = (t: TestContext) => Promise<Bus>

/** What every adapter of the bus keeps. `name` begins the tests' names. */
export function testBus(name: string, open: OpenBus): void {
  settling(name, open)
  failing(name, open)
  stopping(name, open)
}

const noDeadLetters: Pick<ConsumeOptions, 'onDeadLetter'> = {
  onDeadLetter: async (message, reason) => assert.fail(`dead letter ${message.sequence}: ${reason}`),
}

/** Collects until `count` items have come. */
function collector<T>(count: number) {
  const items: T[] = []
  const full = Promise.withResolvers<T[]>()
  const add = (item: T) => {
    items.push(item)
    if (items.length === count) full.resolve(items)
  }
  return { items, add, all: full.promise }
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

function settling(name: string, open: OpenBus): void {
  test(`${name}: messages come in order, whole, once, also those published before`, async (t) => {
    const bus = await open(t)
    const got = collector<string>(4)
    await bus.publish('work', 'one')
    await bus.publish('other', 'not this')
    await bus.publish('work', Buffer.from('zwei ✓'))
    const handler = async (delivery: Delivery) => {
      await delivery.ack()
      assert.equal(delivery.attempt, 1)
      got.add(delivery.text())
    }
    await bus.consume('work', handler, noDeadLetters)
    await bus.publish('work', 'three')
    await bus.publish('work', '')
    assert.deepEqual(await got.all, ['one', 'zwei ✓', 'three', ''])
    assert.deepEqual(await bus.stats('work'), { waiting: 0, leased: 0 })
    assert.deepEqual(await bus.stats('other'), { waiting: 1, leased: 0 })
  })

  test(`${name}: a repeated dedup id is discarded, also after the first was done`, async (t) => {
    const bus = await open(t)
    const first = await bus.publish('work', 'a', { dedupId: 'x' })
    const again = await bus.publish('work', 'b', { dedupId: 'x' })
    assert.deepEqual([first.duplicate, again], [false, { sequence: first.sequence, duplicate: true }])
    const got = collector<string>(2)
    const handler = async (delivery: Delivery) => {
      await delivery.ack()
      got.add(delivery.text())
    }
    await bus.consume('work', handler, noDeadLetters)
    await bus.publish('work', 'c', { dedupId: 'y' })
    await got.all
    assert.equal((await bus.publish('work', 'd', { dedupId: 'x' })).duplicate, true)
    assert.deepEqual(got.items, ['a', 'c'])
  })

  test(`${name}: no more than the concurrency at a time`, async (t) => {
    const bus = await open(t)
    let now = 0
    let most = 0
    const got = collector<string>(9)
    for (let i = 0; i < 9; i += 1) await bus.publish('work', String(i))
    const handler = async (delivery: Delivery) => {
      now += 1
      most = Math.max(most, now)
      await pause(5)
      now -= 1
      await delivery.ack()
      got.add(delivery.text())
    }
    await bus.consume('work', handler, { ...noDeadLetters, concurrency: 3 })
    await got.all
    assert.equal(most, 3)
  })

  test(`${name}: two consumers share the work, none of it twice`, async (t) => {
    const bus = await open(t)
    const got = collector<string>(20)
    const handler = async (delivery: Delivery) => {
      await delivery.ack()
      got.add(delivery.text())
    }
    await bus.consume('work', handler, noDeadLetters)
    await bus.consume('work', handler, noDeadLetters)
    for (let i = 0; i < 20; i += 1) await bus.publish('work', String(i))
    assert.equal(new Set(await got.all).size, 20)
  })

  test(`${name}: names and sizes are checked`, async (t) => {
    const bus = await open(t)
    await assert.rejects(bus.publish('a.b', ''), { code: 'invalid_queue' })
    await assert.rejects(bus.publish('work', new Uint8Array(1024 * 1024 + 1)), { code: 'too_large' })
    await bus.publish('work', new Uint8Array(1024 * 1024))
  })
}

function failing(name: string, open: OpenBus): void {
  test(`${name}: nak gives it back after its delay; so does leaving it unsettled`, async (t) => {
    const bus = await open(t)
    const got = collector<[number, number]>(3)
    const handler = async (delivery: Delivery) => {
      got.add([delivery.attempt, performance.now()])
      if (delivery.attempt === 1) await delivery.nak(250)
      if (delivery.attempt === 3) await delivery.ack()
    }
    await bus.publish('work', 'x')
    await bus.consume('work', handler, noDeadLetters)
    const [first, second, third] = await got.all
    assert.ok(first !== undefined && second !== undefined && third !== undefined)
    assert.deepEqual([first[0], second[0], third[0]], [1, 2, 3])
    assert.ok(second[1] - first[1] >= 230, `came again after ${second[1] - first[1]} ms`)
    assert.ok(third[1] - second[1] < 230, `came again after ${third[1] - second[1]} ms`)
  })

  test(`${name}: a lease that runs out aborts the signal and the message comes again; late ack is accepted`, async (t) => {
    const bus = await open(t)
    const got = collector<number>(2)
    const late = Promise.withResolvers<void>()
    const handler = async (delivery: Delivery) => {
      got.add(delivery.attempt)
      if (delivery.attempt === 2) return delivery.ack()
      await new Promise<void>((resolve) => delivery.signal.addEventListener('abort', () => resolve()))
      await pause(100)
      await delivery.ack()
      late.resolve()
    }
    await bus.publish('work', 'x')
    await bus.consume('work', handler, { ...noDeadLetters, concurrency: 2, leaseMs: 60 })
    assert.deepEqual(await got.all, [1, 2])
    await late.promise
    assert.deepEqual(await bus.stats('work'), { waiting: 0, leased: 0 })
  })

  test(`${name}: working() extends the lease`, async (t) => {
    const bus = await open(t)
    const done = Promise.withResolvers<number>()
    const handler = async (delivery: Delivery) => {
      for (let i = 0; i < 12; i += 1) {
        await pause(40)
        delivery.working()
      }
      assert.equal(delivery.signal.aborted, false)
      await delivery.ack()
      done.resolve(delivery.attempt)
    }
    await bus.publish('work', 'x')
    await bus.consume('work', handler, { ...noDeadLetters, concurrency: 2, leaseMs: 400 })
    assert.equal(await done.promise, 1)
  })

  test(`${name}: a handler that throws is retried up to the bound, then its error is the dead letter's reason`, async (t) => {
    const bus = await open(t)
    const dead = Promise.withResolvers<string>()
    const retries: number[] = []
    await bus.publish('work', 'poison')
    await bus.consume(
      'work',
      async (delivery) => {
        throw new Error(`broken ${delivery.attempt}`)
      },
      {
        maxDeliveries: 3,
        retryDelayMs: (attempt) => attempt * 5,
        onRetry: (message) => retries.push(message.attempt),
        onDeadLetter: async (message, reason) => dead.resolve(`${Buffer.from(message.body).toString()}: ${reason}`),
      },
    )
    assert.equal(await dead.promise, 'poison: broken 3')
    assert.deepEqual(retries, [1, 2])
    await pause(20)
    assert.deepEqual(await bus.stats('work'), { waiting: 0, leased: 0 })
  })

  test(`${name}: a message that no worker ever answers is given up too`, async (t) => {
    const bus = await open(t)
    const dead = Promise.withResolvers<string>()
    let deliveries = 0
    await bus.publish('work', 'hang')
    const handler = () => {
      deliveries += 1
      return new Promise<void>(() => {})
    }
    const onDeadLetter = async (_message: unknown, reason: string) => dead.resolve(reason)
    await bus.consume('work', handler, { concurrency: 10, leaseMs: 30, maxDeliveries: 3, onDeadLetter })
    assert.match(await dead.promise, /did not answer in 3 deliveries/)
    assert.equal(deliveries, 3)
  })

  test(`${name}: term goes to the dead letters at once; they are asked again when they throw`, async (t) => {
    const bus = await open(t)
    const reasons = collector<string>(2)
    await bus.publish('work', 'x')
    await bus.consume('work', (delivery) => delivery.term('makes no sense').catch(() => {}), {
      leaseMs: 50,
      maxDeliveries: 1,
      onDeadLetter: async (_message, reason) => {
        reasons.add(reason)
        if (reasons.items.length === 1) throw new Error('the store is down')
      },
    })
    const [first] = await reasons.all
    assert.equal(first, 'makes no sense')
  })
}

function stopping(name: string, open: OpenBus): void {
  test(`${name}: stop aborts the work, waits for it, and hands back what is not done`, async (t) => {
    const bus = await open(t)
    for (const body of ['tidy', 'stubborn', 'waiting']) await bus.publish('work', body)
    const started = collector<string>(2)
    const handler = async (delivery: Delivery) => {
      started.add(delivery.text())
      if (delivery.text() === 'stubborn') return new Promise<void>(() => {})
      await new Promise<void>((resolve) => delivery.signal.addEventListener('abort', () => resolve()))
      return delivery.ack()
    }
    const consumer = await bus.consume('work', handler, { ...noDeadLetters, concurrency: 2 })
    await started.all
    await consumer.stop(50)
    assert.deepEqual(await bus.stats('work'), { waiting: 2, leased: 0 })
    const again = collector<[string, number]>(2)
    const second = async (delivery: Delivery) => {
      await delivery.ack()
      again.add([delivery.text(), delivery.attempt])
    }
    await bus.consume('work', second, noDeadLetters)
    assert.deepEqual(await again.all, [
      ['stubborn', 2],
      ['waiting', 1],
    ])
  })

  test(`${name}: work broken off by stop comes again without a retry delay`, async (t) => {
    const bus = await open(t)
    await bus.publish('work', 'x')
    const started = Promise.withResolvers<void>()
    const handler = async (delivery: Delivery) => {
      started.resolve()
      await new Promise<void>((resolve) => delivery.signal.addEventListener('abort', () => resolve()))
      delivery.signal.throwIfAborted()
    }
    const consumer = await bus.consume('work', handler, { ...noDeadLetters, retryDelayMs: () => 60_000 })
    await started.promise
    await consumer.stop()
    const again = Promise.withResolvers<void>()
    await bus.consume('work', (delivery) => delivery.ack().then(again.resolve), noDeadLetters)
    await again.promise
  })
}
