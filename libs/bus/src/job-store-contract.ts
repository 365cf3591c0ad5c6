import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'

import type { Change, JobStore } from './job-store.ts'

/** Makes an empty store and cleans up after the test. */
export type OpenJobStore = (t: TestContext) => Promise<JobStore>

/** What every adapter of the job store keeps. `name` begins the tests' names. */
export function testJobStore(name: string, open: OpenJobStore): void {
  writing(name, open)
  watching(name, open)
}

function writing(name: string, open: OpenJobStore): void {
  test(`${name}: create, get, update, delete, create again`, async (t) => {
    const store = await open(t)
    assert.equal(await store.get('job.a'), null)
    const first = await store.create('job.a', '{"x":"ü"}')
    assert.deepEqual(await store.get('job.a'), { key: 'job.a', value: '{"x":"ü"}', revision: first })
    await assert.rejects(store.create('job.a', 'y'), { code: 'revision_conflict', status: 409 })
    const second = await store.update('job.a', 'two', first)
    assert.ok(second > first)
    await assert.rejects(store.update('job.a', 'three', first), { code: 'revision_conflict' })
    await assert.rejects(store.delete('job.a', first), { code: 'revision_conflict' })
    await store.delete('job.a', second)
    assert.equal(await store.get('job.a'), null)
    await store.delete('job.a')
    await assert.rejects(store.update('job.a', 'x', second), { code: 'revision_conflict' })
    assert.ok((await store.create('job.a', 'again')) > second)
  })

  test(`${name}: list takes whole tokens, in key order`, async (t) => {
    const store = await open(t)
    for (const key of ['job.b', 'job.a.2', 'job.a.1', 'job.aa.1', 'job.a', 'jobs.a.1']) await store.put(key, key)
    const keys = async (prefix: string) => (await store.list(prefix)).map((stored) => stored.key)
    assert.deepEqual(await keys('job.a.'), ['job.a.1', 'job.a.2'])
    assert.deepEqual(await keys('job.'), ['job.a', 'job.a.1', 'job.a.2', 'job.aa.1', 'job.b'])
    assert.equal((await keys('')).length, 6)
    assert.deepEqual(await keys('nothing.'), [])
  })

  test(`${name}: keys, prefixes and sizes are checked`, async (t) => {
    const store = await open(t)
    for (const key of ['', '.a', 'a.', 'a..b', 'a b', 'a/b', 'a*', 'a.>']) {
      await assert.rejects(store.get(key), /invalid key/)
    }
    await assert.rejects(store.list('job.a'), /invalid prefix/)
    await assert.rejects(store.put('a', 'x'.repeat(1024 * 1024 + 1)), { code: 'too_large' })
  })

  test(`${name}: a counter that many raise at once loses no step`, async (t) => {
    const store = await open(t)
    await store.create('counter', '0')
    const raise = async (): Promise<void> => {
      const stored = await store.get('counter')
      assert.ok(stored !== null)
      try {
        await store.update('counter', String(Number(stored.value) + 1), stored.revision)
      } catch {
        await raise()
      }
    }
    await Promise.all(Array.from({ length: 20 }, raise))
    assert.equal((await store.get('counter'))?.value, '20')
  })
}

function watching(name: string, open: OpenJobStore): void {
  test(`${name}: watch gives what is there, current, then changes under the prefix`, async (t) => {
    const store = await open(t)
    await store.put('job.a', '1')
    await store.put('other.a', 'x')
    const watch = store.watch('job.')
    const next = async () => (await watch.next()).value
    const told = async () => {
      const change = await next()
      return change?.kind === 'put' ? `${change.key}=${change.value}` : change?.kind
    }
    assert.deepEqual([await told(), await told()], ['job.a=1', 'current'])
    await store.put('other.b', 'x')
    await store.put('job.b', '2')
    assert.equal(await told(), 'job.b=2')
    const waiting = told()
    await store.delete('job.a')
    assert.equal(await waiting, 'delete')
    await watch.return?.()
    assert.equal((await watch.next()).done, true)
  })

  test(`${name}: a slow reader always sees the last value`, async (t) => {
    const store = await open(t)
    const controller = new AbortController()
    const seen: Change[] = []
    const watch = store.watch('job.', { signal: controller.signal })
    for (let i = 0; i < 50; i += 1) await store.put('job.a', String(i))
    await store.put('job.end', '')
    for await (const change of watch) {
      seen.push(change)
      if (change.kind === 'put' && change.key === 'job.end') controller.abort()
    }
    const last = seen.findLast((change) => change.kind === 'put' && change.key === 'job.a')
    assert.equal(last?.kind === 'put' ? last.value : '', '49')
  })

  test(`${name}: a watch ends with its signal`, async (t) => {
    const store = await open(t)
    const seen = await Array.fromAsync(store.watch('', { signal: AbortSignal.timeout(30) }))
    assert.deepEqual(seen, [{ kind: 'current' }])
  })
}
