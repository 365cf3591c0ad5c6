import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import test, { type TestContext } from 'node:test'

import type { CaptureFacts, Inspection, SnapshotStore, UploadRequest } from './snapshot-store.ts'

export type OpenStore = (t: TestContext) => Promise<SnapshotStore>

/** Facts of a capture with two packets, 10 s apart. */
export function facts(firstTimeUs: number | null = 1_000_000): CaptureFacts {
  const lastTimeUs = firstTimeUs === null ? null : firstTimeUs + 10_000_000
  return { packets: firstTimeUs === null ? 0 : 2, firstTimeUs, lastTimeUs, linkTypes: [1], warnings: [] }
}

export async function* chunks(...parts: string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield Buffer.from(part)
}

/** An upload of `a.pcap` from node `n1` to the snapshot `shop`, but for what is given. */
export function request(given: Partial<UploadRequest> = {}, found: Inspection = facts()): UploadRequest {
  const inspect = async () => found
  return { snapshot: 'shop', file: 'a.pcap', node: 'n1', body: chunks('hello ', 'world'), inspect, ...given }
}

async function text(body: AsyncIterable<Uint8Array>): Promise<string> {
  return Buffer.concat(await Array.fromAsync(body)).toString()
}

/** What every adapter of the snapshot store keeps. `name` begins the tests' names. */
export function testSnapshotStore(name: string, open: OpenStore): void {
  keeping(name, open)
  refusing(name, open)
}

function keeping(name: string, open: OpenStore): void {
  test(`${name}: an upload creates the snapshot and is kept as it came`, async (t) => {
    const store = await open(t)
    let seen = ''
    const inspect = async (path: string) => {
      seen = await readFile(path, 'utf8')
      return { ...facts(), warnings: ['the last record is cut'] }
    }
    const { created, file } = await store.upload(request({ inspect }))
    assert.equal(seen, 'hello world')
    assert.equal(created, true)
    assert.deepEqual(
      { ...file, uploadedAt: '' },
      {
        ...facts(),
        name: 'a.pcap',
        node: 'n1',
        bytes: 11,
        sha256: 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9',
        warnings: ['the last record is cut'],
        uploadedAt: '',
      },
    )
    assert.equal((await store.upload(request({ file: 'b.pcap' }))).created, false)
    const snapshot = await store.get('shop')
    assert.deepEqual([snapshot.status, snapshot.frozen, snapshot.hasResolution], ['completed', false, false])
    assert.deepEqual(
      (await store.list()).map((each) => each.name),
      ['shop'],
    )
    assert.equal(await text(await store.read('shop', 'a.pcap')), 'hello world')
    assert.equal(await text(await store.read('shop', 'a.pcap', { start: 3, end: 8 })), 'lo wo')
    assert.equal(await text(await store.read('shop', 'a.pcap', { start: 6 })), 'world')
    assert.equal(await text(await store.read('shop', 'a.pcap', { start: 6, end: 6 })), '')
  })

  test(`${name}: files are in reading order, whatever the order of uploads`, async (t) => {
    const store = await open(t)
    const add = (file: string, node: string, time: number | null) => store.upload(request({ file, node }, facts(time)))
    await add('empty.pcap', 'n1', null)
    await add('late.pcap', 'n1', 9)
    await add('same-b.pcap', 'n2', 5)
    await add('same-c.pcap', 'n1', 5)
    await add('same-a.pcap', 'n2', 5)
    const order = (await store.get('shop')).files.map((file) => file.name)
    assert.deepEqual(order, ['same-c.pcap', 'same-a.pcap', 'same-b.pcap', 'late.pcap', 'empty.pcap'])
  })

  test(`${name}: many uploads at once lose none`, async (t) => {
    const store = await open(t)
    const names = Array.from({ length: 12 }, (_, i) => `f${String(i).padStart(2, '0')}.pcap`)
    const results = await Promise.all(names.map((file) => store.upload(request({ file, body: chunks(file) }))))
    assert.equal(results.filter((result) => result.created).length, 1)
    assert.deepEqual(
      (await store.get('shop')).files.map((file) => file.name),
      names,
    )
  })

  test(`${name}: the same file twice at once: one wins, the other is told`, async (t) => {
    const store = await open(t)
    const both = await Promise.allSettled([store.upload(request()), store.upload(request({ body: chunks('other') }))])
    assert.deepEqual(both.map((result) => result.status).sort(), ['fulfilled', 'rejected'])
    const lost = both.find((result) => result.status === 'rejected')
    assert.ok(lost !== undefined)
    assert.equal((lost.reason as { code: string }).code, 'file_exists')
  })

  test(`${name}: resolution records, before or after files, until frozen`, async (t) => {
    const store = await open(t)
    await store.putResolution('shop', '[1]')
    assert.deepEqual((await store.get('shop')).files, [])
    await store.upload(request())
    await store.putResolution('shop', '[2]')
    assert.equal(await store.getResolution('shop'), '[2]')
    await store.upload(request({ snapshot: 'bare' }))
    assert.equal(await store.getResolution('bare'), null)
    await store.freeze('shop')
    await assert.rejects(store.putResolution('shop', '[3]'), { code: 'snapshot_immutable', status: 409 })
  })
}

async function* broken(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('half')
  throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' })
}

async function failing(): Promise<Inspection> {
  throw new RangeError('a mistake in the reader')
}

function refusing(name: string, open: OpenStore): void {
  test(`${name}: a frozen snapshot takes nothing more, an upload under way included`, async (t) => {
    const store = await open(t)
    await store.upload(request())
    const gate = Promise.withResolvers<void>()
    const inspect = async () => {
      await gate.promise
      return facts()
    }
    const late = store.upload(request({ file: 'late.pcap', inspect }))
    assert.equal((await store.freeze('shop')).frozen, true)
    gate.resolve()
    await assert.rejects(late, { code: 'snapshot_immutable', status: 409 })
    await assert.rejects(store.upload(request({ file: 'b.pcap' })), { code: 'snapshot_immutable' })
    assert.equal((await store.freeze('shop')).files.length, 1)
  })

  test(`${name}: names that could lead elsewhere are refused with a sentence`, async (t) => {
    const store = await open(t)
    for (const bad of ['../x', '..', '.', '', '.hidden', 'a/b', 'a\\b', 'a\0b', 'ä', '-a', 'x'.repeat(129), 'a b']) {
      const refused = { code: 'invalid_name', status: 400 }
      await assert.rejects(store.upload(request({ snapshot: bad })), refused)
      await assert.rejects(store.upload(request({ file: bad })), refused)
      await assert.rejects(store.upload(request({ node: bad })), refused)
      for (const call of ['get', 'delete', 'freeze', 'getResolution'] as const) {
        await assert.rejects(store[call](bad), refused)
      }
      await assert.rejects(store.putResolution(bad, '[]'), refused)
      await assert.rejects(store.localPath('shop', bad), refused)
    }
    await assert.rejects(store.get('../x'), /"..\/x" cannot be the name of a snapshot: it must begin with a letter/)
    await store.upload(request({ snapshot: 'x'.repeat(128), file: 'y'.repeat(128), node: 'A.b_c-9' }))
  })

  test(`${name}: what is not there`, async (t) => {
    const store = await open(t)
    for (const call of ['get', 'delete', 'freeze', 'getResolution'] as const) {
      await assert.rejects(store[call]('no'), { code: 'unknown_snapshot', status: 404 })
    }
    await store.upload(request())
    await assert.rejects(store.read('shop', 'no.pcap'), { code: 'unknown_file', status: 404 })
    await assert.rejects(store.upload(request()), { code: 'file_exists', status: 409 })
  })

  test(`${name}: a failed upload leaves nothing, not even the snapshot`, async (t) => {
    const store = await open(t)
    const refused: [Partial<UploadRequest>, string, Inspection?][] = [
      [{ body: broken() }, 'upload_aborted'],
      [{ maxBytes: 10 }, 'too_large'],
      [{ signal: AbortSignal.abort() }, 'cancelled'],
      [{}, 'not_a_capture', { notACapture: 'a.pcap is a PNG image.' }],
    ]
    for (const [given, code, found] of refused) {
      await assert.rejects(store.upload(request(given, found)), { code })
      assert.deepEqual(await store.list(), [])
    }
    await assert.rejects(store.upload(request({ inspect: failing })), RangeError)
    assert.deepEqual(await store.list(), [])
    await store.upload(request({ maxBytes: 11 }))
  })

  test(`${name}: delete frees the name`, async (t) => {
    const store = await open(t)
    await store.upload(request())
    await store.freeze('shop')
    await store.delete('shop')
    assert.deepEqual(await store.list(), [])
    assert.equal((await store.upload(request())).created, true)
  })
}
