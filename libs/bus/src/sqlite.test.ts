import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'

import { testBus } from './bus-contract.ts'
import { testJobStore } from './job-store-contract.ts'
import { SqliteBus } from './sqlite-bus.ts'
import { SqliteDatabase } from './sqlite-database.ts'
import { SqliteJobStore } from './sqlite-job-store.ts'

function dataFile(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'hw-bus-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return join(dir, 'state', 'hindwire.sqlite')
}

testBus('sqlite', async (t) => {
  const db = new SqliteDatabase(dataFile(t))
  const bus = new SqliteBus(db)
  t.after(async () => {
    await bus.close(100)
    db.close()
  })
  return bus
})

testJobStore('sqlite', async (t) => {
  const db = new SqliteDatabase(dataFile(t))
  t.after(() => db.close())
  return new SqliteJobStore(db)
})

/** Runs `source`, which sees the modules and `file`, in a process of its own. */
function child(file: string, source: string, shell: string[] = []) {
  const program = `
    import { SqliteBus } from '${import.meta.dirname}/sqlite-bus.ts'
    import { SqliteDatabase } from '${import.meta.dirname}/sqlite-database.ts'
    import { SqliteJobStore } from '${import.meta.dirname}/sqlite-job-store.ts'
    const file = ${JSON.stringify(file)}
    ${source}`
  const args = ['--input-type=module', '-e', program]
  return [...shell, process.execPath, ...args] as [string, ...string[]]
}

test('what a killed process held is handed out again at once, and counted', async (t) => {
  const file = dataFile(t)
  const [command, ...args] = child(
    file,
    `const bus = new SqliteBus(new SqliteDatabase(file))
     await bus.publish('work', 'x', { dedupId: 'x' })
     await bus.consume('work', () => new Promise(() => { console.log('taken'); setInterval(() => {}, 1000) }),
       { leaseMs: 600_000, onDeadLetter: async () => {} })`,
  )
  const process = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(process.stdout, 'data')
  assert.throws(() => new SqliteDatabase(file), { code: 'data_in_use', status: 503 })
  process.kill('SIGKILL')
  await once(process, 'exit')
  const db = new SqliteDatabase(file)
  const bus = new SqliteBus(db)
  t.after(() => bus.close().then(() => db.close()))
  assert.equal((await bus.publish('work', 'x', { dedupId: 'x' })).duplicate, true)
  const attempt = Promise.withResolvers<number>()
  const handler = async (delivery: { attempt: number; ack(): Promise<void> }) => {
    await delivery.ack()
    attempt.resolve(delivery.attempt)
  }
  await bus.consume('work', handler, { onDeadLetter: async () => {} })
  assert.equal(await attempt.promise, 2)
})

test('state outlives the process; revisions go on', async (t) => {
  const file = dataFile(t)
  const first = new SqliteDatabase(file)
  const revision = await new SqliteJobStore(first).create('job.a', 'kept')
  first.close()
  const second = new SqliteDatabase(file)
  t.after(() => second.close())
  const store = new SqliteJobStore(second)
  assert.deepEqual(await store.get('job.a'), { key: 'job.a', value: 'kept', revision })
  assert.ok((await store.put('job.b', '')) > revision)
})

test('a full disk is said so, and what was there stays readable', (t) => {
  const file = dataFile(t)
  const [command, ...args] = child(
    file,
    `const db = new SqliteDatabase(file)
     const store = new SqliteJobStore(db)
     await store.put('job.a', 'kept')
     let code = ''
     for (let i = 0; code === '' && i < 100; i += 1) {
       await store.put('fill.' + i, 'x'.repeat(100_000)).catch((error) => { code = error.code })
     }
     console.log(code, (await store.get('job.a')).value)`,
    ['/bin/sh', '-c', 'ulimit -f 2000; exec "$@"', 'sh'],
  )
  const result = spawnSync(command, args, { encoding: 'utf8' })
  assert.equal(result.stdout.trim(), 'no_space kept', result.stderr)
})

test('a file that is no database', (t) => {
  const file = dataFile(t)
  new SqliteDatabase(file).close()
  writeFileSync(
    file,
    'this is not a database, it is a sentence that is long enough to be read as a header. '.repeat(20),
  )
  if (existsSync(`${file}-wal`)) rmSync(`${file}-wal`)
  assert.throws(() => new SqliteDatabase(file), { code: 'database_unusable' })
})

test('a closed database answers with a reason', async (t) => {
  const db = new SqliteDatabase(dataFile(t))
  const store = new SqliteJobStore(db)
  db.close()
  db.close()
  await assert.rejects(store.get('job.a'), { code: 'bus_closed', status: 503 })
})
