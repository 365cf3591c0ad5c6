import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'

import * as fc from 'fast-check'

import { hasEnded, type Job, type JobStatus, newJob, type ShardProgress, step } from './job.ts'
import { Jobs } from './jobs.ts'
import { SqliteDatabase } from './sqlite-database.ts'
import { SqliteJobStore } from './sqlite-job-store.ts'

function setUp(t: TestContext): Jobs {
  const dir = mkdtempSync(join(tmpdir(), 'hw-jobs-'))
  const db = new SqliteDatabase(join(dir, 'state.sqlite'))
  t.after(() => {
    db.close()
    rmSync(dir, { recursive: true, force: true })
  })
  return new Jobs(new SqliteJobStore(db))
}

const given = { snapshot: 'shop.v1', name: 'first', options: {}, files: 2, bytes: 1000 }

function progress(shard: number, bytes: number, more: Partial<ShardProgress> = {}): ShardProgress {
  const counts = { packets: 10, entries: 2, protocolCounts: { x: 2 }, coverage: { entry: 8, ack: 2 }, errors: [] }
  return { stage: 'dissect', shard, done: false, bytes, ...counts, ...more }
}

test('the way of a job, as users see it', async (t) => {
  const jobs = setUp(t)
  const job = await jobs.create({ ...given, options: { protocols: ['x'] } })
  assert.deepEqual([job.id, job.status, job.options], [1, 'pending', { protocols: ['x'] }])
  assert.equal((await jobs.status('shop.v1', 'first')).progress, 0)
  await jobs.transition(job, 'running', { shards: 2 })
  await jobs.report(job, progress(0, 300))
  await jobs.report(job, progress(1, 100, { errors: [{ message: 'the record is cut', file: 'a.pcap', offset: 24 }] }))
  await jobs.report(job, progress(0, 400))
  const status = await jobs.status('shop.v1', 'first')
  assert.deepEqual(
    { ...status, created_at: '', started_at: '' },
    {
      snapshot: 'shop.v1',
      name: 'first',
      status: 'running',
      progress: 47,
      stats: {
        pcap_files: 2,
        pcap_bytes: 1000,
        packets_processed: 20,
        entries_created: 4,
        protocol_counts: { x: 4 },
      },
      coverage: { entry: 16, ack: 4 },
      errors: ['a.pcap, byte 24: the record is cut'],
      created_at: '',
      started_at: '',
    },
  )
  assert.deepEqual(await jobs.listItems(), [{ snapshot: 'shop.v1', name: 'first', status: 'running', progress: 47 }])
  await jobs.transition(job, 'uploading')
  const done = await jobs.transition(job, 'completed', { firstTimeUs: 5, lastTimeUs: 9 })
  assert.deepEqual([done.totals?.entries, done.firstTimeUs, done.cleanupDue], [4, 5, false])
  assert.deepEqual(await jobs.listItems('shop.v1'), [
    { snapshot: 'shop.v1', name: 'first', status: 'completed', entry_count: 4 },
  ])
  const last = await jobs.status('shop.v1', 'first')
  assert.deepEqual([last.progress, last.stats.packets_processed, last.ended_at !== undefined], [100, 20, true])
  assert.deepEqual(await jobs.shards(job), [])
})

test('a name is taken once; numbers are never used again', async (t) => {
  const jobs = setUp(t)
  const all = await Promise.allSettled(Array.from({ length: 5 }, () => jobs.create(given)))
  assert.equal(all.filter((result) => result.status === 'fulfilled').length, 1)
  for (const result of all) if (result.status === 'rejected') assert.equal(result.reason.code, 'dissection_exists')
  const first = await jobs.get('shop.v1', 'first')
  await jobs.remove(first)
  await jobs.remove(first)
  const second = await jobs.create(given)
  assert.ok(second.id > first.id)
  await assert.rejects(jobs.transition(first, 'running'), { code: 'unknown_dissection', status: 404 })
  await jobs.remove(first)
  assert.equal((await jobs.get('shop.v1', 'first')).id, second.id)
})

test('names with dots do not meet those of other jobs', async (t) => {
  const jobs = setUp(t)
  for (const [snapshot, name] of [
    ['a.b', 'c'],
    ['a', 'b.c'],
    ['a', 'record'],
    ['a', 'shard'],
  ] as const) {
    await jobs.create({ ...given, snapshot, name })
  }
  assert.deepEqual((await jobs.list('a')).map(({ name }) => name).sort(), ['b.c', 'record', 'shard'])
  assert.equal((await jobs.list()).length, 4)
  await assert.rejects(jobs.get('../etc', 'x'), { code: 'invalid_name', status: 400 })
  await assert.rejects(jobs.list('a=b'), { code: 'invalid_name' })
  await assert.rejects(jobs.get('a', 'none'), { code: 'unknown_dissection', status: 404 })
})

test('stop: cancelled at once, workers told, cleaning up due; twice is refused', async (t) => {
  const jobs = setUp(t)
  const job = await jobs.create(given)
  await jobs.transition(job, 'running')
  await jobs.report(job, progress(0, 500))
  const { signal } = jobs.cancellation(job)
  const told = new Promise((resolve) => signal.addEventListener('abort', resolve))
  assert.equal((await jobs.cancel('shop.v1', 'first')).status, 'cancelled')
  await told
  assert.match(String(signal.reason), /The dissection is cancelled/)
  await assert.rejects(jobs.cancel('shop.v1', 'first'), { code: 'wrong_state', status: 409 })
  assert.deepEqual(
    (await jobs.listDue()).map(({ id }) => id),
    [job.id],
  )
  assert.equal((await jobs.status('shop.v1', 'first')).progress, 47)
  await jobs.report(job, progress(0, 900))
  assert.deepEqual(await jobs.shards(job), [])
  await jobs.markClean(job)
  assert.deepEqual(await jobs.listDue(), [])
})

test('delete: out of sight at once, name free when its rows are gone', async (t) => {
  const jobs = setUp(t)
  const job = await jobs.create(given)
  await jobs.transition(job, 'running')
  const { signal } = jobs.cancellation(job)
  const seen: string[] = []
  const watching = (async () => {
    for await (const status of jobs.watch('shop.v1', 'first')) seen.push(status.status)
  })()
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal((await jobs.requestDelete('shop.v1', 'first')).status, 'cancelled')
  await watching
  assert.equal(signal.aborted, true)
  await assert.rejects(jobs.get('shop.v1', 'first'), { code: 'unknown_dissection' })
  await assert.rejects(jobs.status('shop.v1', 'first'), { code: 'unknown_dissection' })
  assert.deepEqual(await jobs.listItems(), [])
  await assert.rejects(jobs.create(given), /still being deleted/)
  const [due] = await jobs.listDue()
  assert.ok(due !== undefined)
  await jobs.remove(due)
  await jobs.create(given)
})

test('a job that is started over voids the work of its first attempt', async (t) => {
  const jobs = setUp(t)
  const first = await jobs.create(given)
  await jobs.transition(first, 'downloading', { scatterChunks: 3 })
  await jobs.report(first, progress(0, 100, { stage: 'scatter' }))
  assert.equal((await jobs.status('shop.v1', 'first')).progress, 3)
  const { signal } = jobs.cancellation(first)
  const second = await jobs.transition(first, 'pending')
  assert.deepEqual([second.attempt, second.scatterChunks], [2, 0])
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(signal.aborted, true)
  await jobs.report(first, progress(0, 100))
  assert.deepEqual(await jobs.shards(second), [])
  await jobs.report(second, progress(0, 100))
  assert.equal((await jobs.shards(second)).length, 1)
})

test('a failed job says why, with its place', async (t) => {
  const jobs = setUp(t)
  const job = await jobs.create(given)
  await jobs.patch(job, { error: { message: 'a warning' } })
  await jobs.transition(job, 'failed', { error: { message: 'no packet could be read', file: 'a.pcap' } })
  const { errors, status } = await jobs.status('shop.v1', 'first')
  assert.deepEqual([status, errors], ['failed', ['a warning', 'a.pcap: no packet could be read']])
})

test('watch tells every state once and ends with the job', async (t) => {
  const jobs = setUp(t)
  const job = await jobs.create(given)
  const seen: string[] = []
  const steps: JobStatus[] = ['downloading', 'running', 'uploading', 'completed']
  for await (const { status, progress } of jobs.watch('shop.v1', 'first')) {
    seen.push(`${status} ${progress}`)
    const next = steps.shift()
    if (next !== undefined) await jobs.transition(job, next, { scatterChunks: 1 })
  }
  assert.deepEqual(seen, ['pending 0', 'downloading 0', 'running 30', 'uploading 97', 'completed 100'])
  await assert.rejects(jobs.watch('shop.v1', 'none').next(), { code: 'unknown_dissection' })
})

test('cancellation of a job that is gone is immediate; a closed one stays quiet', async (t) => {
  const jobs = setUp(t)
  const job = await jobs.create(given)
  const closed = jobs.cancellation(job)
  closed.close()
  await jobs.remove(job)
  const late = jobs.cancellation(job)
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual([closed.signal.aborted, late.signal.aborted], [false, true])
})

test('any sequence of steps keeps to the state machine', () => {
  const states: JobStatus[] = ['pending', 'downloading', 'running', 'uploading', 'completed', 'failed', 'cancelled']
  const seed = 20_261_122
  const property = fc.property(fc.array(fc.constantFrom(...states), { maxLength: 30 }), (wanted) => {
    let job: Job = newJob({ id: 1, snapshot: 'a', name: 'b' }, given, new Date(0))
    for (const to of wanted) {
      const before = job
      try {
        job = step(job, to, {}, new Date(1000))
      } catch (error) {
        assert.equal((error as { code: string }).code, 'wrong_state')
        continue
      }
      assert.ok(!hasEnded(before.status), 'an ended job never moves')
      assert.equal(job.endedAt !== null, hasEnded(to))
      assert.equal(job.attempt, before.attempt + (to === 'pending' ? 1 : 0))
      assert.ok(to !== 'completed' || before.status === 'uploading')
    }
  })
  fc.assert(property, { seed, numRuns: 500 })
})
