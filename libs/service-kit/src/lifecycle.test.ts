import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import test from 'node:test'

import { Lifecycle, type Part } from './lifecycle.ts'
import { createLogger } from './logger.ts'

async function failing(): Promise<void> {
  throw new Error('the port is taken')
}

function setUp(stopMs = 1000) {
  const seen: string[] = []
  const logged: string[] = []
  const destination = { write: (line: string) => void logged.push(String(JSON.parse(line).msg)) }
  const logger = createLogger({ service: 'test', format: 'json', destination })
  const part = (name: string, more: Part = {}): Part => ({
    start: () => void seen.push(`+${name}`),
    stop: () => void seen.push(`-${name}`),
    ...more,
  })
  return { seen, logged, part, life: new Lifecycle({ logger, stopMs }) }
}

test('starts in order, stops in reverse, once', async () => {
  const { seen, part, life } = setUp()
  life.add('bus', part('bus')).add('store', part('store')).add('web', part('web'))
  await life.start()
  assert.deepEqual(await Promise.all([life.stop(), life.stop()]), [true, true])
  assert.deepEqual(seen, ['+bus', '+store', '+web', '-web', '-store', '-bus'])
})

test('a part that cannot start: those before it are stopped', async () => {
  const { seen, logged, part, life } = setUp()
  life
    .add('bus', part('bus'))
    .add('web', part('web', { start: failing }))
    .add('never', part('never'))
  assert.equal(await life.run(), 1)
  assert.deepEqual(seen, ['+bus', '-bus'])
  assert.deepEqual(logged, ['cannot start: unexpected error'])
})

test('a part that fails to stop, or hangs, keeps no other from it', async () => {
  const { seen, logged, part, life } = setUp(50)
  life
    .add('bus', part('bus'))
    .add('bad', part('bad', { stop: failing }))
    .add('hangs', part('hangs', { stop: () => new Promise(() => {}) }))
  await life.start()
  assert.equal(await life.stop(), false)
  assert.ok(seen.includes('-bus'))
  assert.equal(logged[0], 'did not stop in time')
})

test('run ends when asked to', async () => {
  const { seen, part, life } = setUp()
  life.add('bus', part('bus'))
  const code = life.run()
  setTimeout(() => life.requestStop(), 10)
  assert.equal(await code, 0)
  assert.deepEqual(seen, ['+bus', '-bus'])
})

/** A process with one part whose stop takes `stopMs`. */
function child(stopMs: number) {
  const source = `
    import { Lifecycle } from '${import.meta.dirname}/lifecycle.ts'
    import { createLogger } from '${import.meta.dirname}/logger.ts'
    const life = new Lifecycle({ logger: createLogger({ service: 'child' }) })
    const timer = setInterval(() => {}, 1000)
    life.add('part', { start: () => console.log('ready'), stop: () => new Promise((resolve) => setTimeout(() => {
      console.log('stopped'); clearInterval(timer); resolve() }, ${stopMs})) })
    process.exitCode = await life.run()`
  const process_ = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  process_.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  return { process: process_, out: () => out }
}

test('SIGTERM and SIGINT stop gracefully', async () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const { process, out } = child(20)
    await once(process.stdout, 'data')
    process.kill(signal)
    assert.deepEqual(await once(process, 'close'), [0, null])
    assert.equal(out(), 'ready\nstopped\n')
  }
})

test('a second signal exits at once', async () => {
  const { process } = child(60_000)
  await once(process.stdout, 'data')
  process.kill('SIGINT')
  await once(process.stderr, 'data')
  process.kill('SIGINT')
  assert.deepEqual(await once(process, 'close'), [130, null])
})
