import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

import { type RestClient, RestError } from 'hindwire/rest-client.ts'

import { makeHttpCapture } from '../bench/make-http-capture.ts'
import { Cleanup, HindwireProcess, hindwire } from './hindwire-process.ts'

const EXAMPLE = fileURLToPath(new URL('../../examples/checkout-incident.pcap', import.meta.url))

interface Status {
  readonly status: string
  readonly progress: number
  readonly stats: { readonly entries_created: number }
}

/** Is it the server's refusal with this status and sentence? */
function refused(status: number, sentence: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof RestError && error.status === status && sentence.test(error.message)
}

async function finished(client: RestClient, path: string): Promise<Status> {
  for await (const status of client.events<Status>(`${path}/events`)) {
    if (['completed', 'failed', 'cancelled'].includes(status.status)) return status
  }
  return client.get<Status>(path)
}

test('a dissection goes on after kill -9, and its rows are exact', { timeout: 150_000 }, async (t) => {
  const cleanup = new Cleanup(t)
  const data = await cleanup.directory()
  const capture = join(data, 'load.pcap')
  const { calls } = await makeHttpCapture(capture, 40)
  let { run, client } = await cleanup.serve(data)
  await client.upload('/mcp/snapshots/load/captures/load.pcap', capture)
  await client.post('/mcp/dissections', { snapshot: 'load', name: 'first' })
  // Fewer than the deliveries after which work is given up.
  for (const progress of [1, 20, 50]) {
    for await (const status of client.events<Status>('/mcp/dissections/load/first/events')) {
      if (status.progress >= progress || status.status === 'completed') break
    }
    await run.killHard()
    ;({ run, client } = await cleanup.serve(data))
  }
  const { status } = await finished(client, '/mcp/dissections/load/first')
  assert.equal(status, 'completed')
  const counted = await client.get<{ total: number }>('/mcp/calls', { db: 'load/first', limit: '1' })
  assert.equal(counted.total, calls)
  const ids = await client.get<{ calls: { id: string }[] }>('/mcp/calls', { db: 'load/first', limit: '1000' })
  assert.equal(new Set(ids.calls.map(({ id }) => id)).size, 1000)
})

test('a running dissection can be stopped, or deleted, and leaves nothing behind', { timeout: 90_000 }, async (t) => {
  const cleanup = new Cleanup(t)
  const data = await cleanup.directory()
  const capture = join(data, 'load.pcap')
  const { calls } = await makeHttpCapture(capture, 40)
  const { client } = await cleanup.serve(join(data, 'data'))
  await client.upload('/mcp/snapshots/load/captures/load.pcap', capture)
  const startAndWait = async (name: string): Promise<void> => {
    await client.post('/mcp/dissections', { snapshot: 'load', name })
    for await (const status of client.events<Status>(`/mcp/dissections/load/${name}/events`)) {
      if (status.status === 'running') return
    }
  }
  await startAndWait('stopped')
  await client.post('/mcp/dissections/load/stopped/stop', {})
  assert.equal((await client.get<Status>('/mcp/dissections/load/stopped')).status, 'cancelled')
  await assert.rejects(client.post('/mcp/dissections/load/stopped/stop', {}), refused(409, /cancelled/))
  await assert.rejects(client.get('/mcp/calls', { db: 'load/stopped' }), refused(404, /load/))
  await startAndWait('again')
  await client.delete('/mcp/dissections/load/again')
  await client.post('/mcp/dissections', { snapshot: 'load', name: 'again' })
  assert.equal((await finished(client, '/mcp/dissections/load/again')).status, 'completed')
  assert.equal((await client.get<{ total: number }>('/mcp/calls', { db: 'load/again', limit: '1' })).total, calls)
})

test('bad input is refused with a sentence, and everything else goes on', { timeout: 60_000 }, async (t) => {
  const cleanup = new Cleanup(t)
  const data = await cleanup.directory()
  const { client } = await cleanup.serve(join(data, 'data'))
  const page = join(data, 'page.pcap')
  await writeFile(page, '<!DOCTYPE html><html><body>404</body></html>')
  await assert.rejects(client.upload('/mcp/snapshots/bad/captures/page.pcap', page), refused(400, /HTML/i))
  await assert.rejects(client.upload('/mcp/snapshots/..%2Fescape/captures/x.pcap', EXAMPLE), refused(400, /name/))
  await assert.rejects(client.upload('/mcp/snapshots/bad/captures/..%2Fx.pcap', EXAMPLE), refused(400, /name/))
  await assert.rejects(client.get('/mcp/snapshots/bad'), refused(404, /bad/))
  await assert.rejects(client.post('/mcp/dissections', { snapshot: 'bad', name: 'x' }), refused(404, /bad/))
  // A capture whose last record is cut is accepted with a warning, and what is there is read.
  const whole = await readFile(EXAMPLE)
  const cut = join(data, 'cut.pcap')
  await writeFile(cut, whole.subarray(0, whole.length - 10))
  const answer = await client.upload<{ warnings: string[]; packets: number }>(
    '/mcp/snapshots/cut/captures/cut.pcap',
    cut,
  )
  assert.equal(answer.packets, 8456)
  assert.equal(answer.warnings.length, 1)
  await client.post('/mcp/dissections', { snapshot: 'cut', name: 'first' })
  assert.equal((await finished(client, '/mcp/dissections/cut/first')).status, 'completed')
})

test('files that cannot be read do not keep the others from being read', { timeout: 60_000 }, async (t) => {
  const cleanup = new Cleanup(t)
  const data = await cleanup.directory()
  const text = join(data, 'notes.txt')
  await writeFile(text, 'no capture at all')
  const { code, stdout } = await hindwire(
    'dissect',
    '--each',
    '--summary',
    join(data, 'none.pcap'),
    data,
    text,
    EXAMPLE,
  )
  const summaries = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { status: string; errors: string[]; packets: number })
  assert.deepEqual(
    summaries.map(({ status }) => status),
    ['failed', 'failed', 'failed', 'completed'],
  )
  assert.match(summaries[0]?.errors[0] ?? '', /no such file/)
  assert.match(summaries[1]?.errors[0] ?? '', /directory/)
  assert.match(summaries[2]?.errors[0] ?? '', /text/)
  assert.equal(summaries[3]?.packets, 8457)
  assert.equal(code, 1)
})

test('wrong usage ends with code 2 and says what is right', async () => {
  for (const args of [['disect'], ['dissect'], ['dissect', 'x', '--workers', 'many'], ['serve', '--port', '99999']]) {
    const { code, stderr } = await hindwire(...args)
    assert.equal(code, 2, args.join(' '))
    assert.match(stderr, /hindwire --help/)
  }
  const { code, stderr } = await hindwire('dissect', EXAMPLE, '--kfl', 'statuscode > 3')
  assert.equal(code, 2)
  assert.match(stderr, /did you mean 'status_code'/)
})

// A file system of its own needs root, as continuous integration has; elsewhere the limits of ulimit stand for it
// in the tests of the snapshot store.
test(
  'a full disk is said, and what was there stays usable',
  { skip: process.getuid?.() !== 0, timeout: 90_000 },
  async (t) => {
    const cleanup = new Cleanup(t)
    const base = await cleanup.directory()
    const disk = join(base, 'disk')
    await mkdir(disk)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=96m', 'tmpfs', disk], { stdio: 'pipe' })
    } catch {
      t.skip('this root may not mount a file system (a container without the capability)')
      return
    }
    cleanup.add(() => execFileSync('umount', ['-l', disk]))
    const { client } = await cleanup.serve(join(disk, 'data'))
    await client.upload('/mcp/snapshots/small/captures/a.pcap', EXAMPLE)
    await client.post('/mcp/dissections', { snapshot: 'small', name: 'first' })
    assert.equal((await finished(client, '/mcp/dissections/small/first')).status, 'completed')
    const large = join(base, 'large.pcap')
    await makeHttpCapture(large, 120)
    await assert.rejects(client.upload('/mcp/snapshots/large/captures/b.pcap', large), /disk|space/)
    const { total } = await client.get<{ total: number }>('/mcp/calls', { db: 'small/first', limit: '1' })
    assert.equal(total, 3235)
    await assert.rejects(client.get('/mcp/snapshots/large'), /large/)
  },
)

test('the command ends with its engine when it is killed', { timeout: 60_000 }, async (t) => {
  const cleanup = new Cleanup(t)
  const data = await cleanup.directory()
  const run = new HindwireProcess(['serve', '--data', data, '--port', '0'])
  await run.printed(/ready at/)
  await run.killHard()
  const again = await cleanup.serve(data)
  assert.equal(await again.run.stop(), 0)
})
