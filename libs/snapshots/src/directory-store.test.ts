import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'

import { DirectoryStore } from './directory-store.ts'
import { chunks, request, testSnapshotStore } from './snapshot-store-contract.ts'

function directory(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'hw-snapshots-'))
  t.after(() => rmSync(dir, { recursive: true, force: true }))
  return join(dir, 'snapshots')
}

testSnapshotStore('directory', (t) => DirectoryStore.open(directory(t)))

/** Every file in the store, by path. */
function tree(root: string): string[] {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return files.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)).sort()
}

/** A program in a process of its own that has a store open. */
function program(root: string, source: string): string[] {
  const text = `
    import { DirectoryStore } from '${import.meta.dirname}/directory-store.ts'
    import { chunks, request } from '${import.meta.dirname}/snapshot-store-contract.ts'
    const store = await DirectoryStore.open(${JSON.stringify(root)})
    ${source}`
  return ['--input-type=module', '--test-reporter=dot', '-e', text]
}

test('a store that is opened again has everything', async (t) => {
  const root = directory(t)
  const first = await DirectoryStore.open(root)
  await first.upload(request())
  await first.putResolution('shop', '[]')
  await first.freeze('shop')
  const before = await first.get('shop')
  const second = await DirectoryStore.open(root)
  assert.deepEqual(await second.get('shop'), before)
  assert.equal(readFileSync(await second.localPath('shop', 'a.pcap'), 'utf8'), 'hello world')
  assert.deepEqual(tree(root), ['shop/captures/a.pcap', 'shop/resolution.json', 'shop/snapshot.json'])
})

test('kill -9 in the middle of an upload leaves nothing behind', async (t) => {
  const root = directory(t)
  const source = `
    await store.upload(request())
    const body = async function* () {
      for (let i = 0; ; i += 1) {
        yield new Uint8Array(100_000)
        if (i === 20) console.log('in the middle')
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    }
    await store.upload(request({ file: 'b.pcap', body: body() }))`
  const child = spawn(process.execPath, program(root, source), { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
  assert.ok(tree(root).some((path) => path.startsWith('.work/') && path.endsWith('-b.pcap')))
  const store = await DirectoryStore.open(root)
  assert.deepEqual(tree(root), ['shop/captures/a.pcap', 'shop/snapshot.json'])
  assert.equal((await store.get('shop')).files.length, 1)
  await store.upload(request({ file: 'b.pcap' }))
})

test('a full disk is said so, and leaves nothing behind', (t) => {
  const root = directory(t)
  const source = `
    const big = async function* () { for (let i = 0; i < 40; i += 1) yield new Uint8Array(100_000) }
    const errors = []
    for (const snapshot of ['shop', 'new']) {
      if (snapshot === 'shop') await store.upload(request())
      await store.upload(request({ snapshot, file: 'big.pcap', body: big() })).catch((error) => errors.push(error.code))
    }
    console.log(errors.join(), (await store.list()).map(({ name, files }) => name + files.length).join())`
  const shell = ['-c', 'ulimit -f 2000; exec "$@"', 'sh', process.execPath, ...program(root, source)]
  const result = spawnSync('/bin/sh', shell, { encoding: 'utf8' })
  assert.equal(result.stdout.trim(), 'no_space,no_space shop1', result.stderr)
  assert.deepEqual(tree(root), ['shop/captures/a.pcap', 'shop/snapshot.json'])
})

test('a crash between a file and its record: the file does not exist', async (t) => {
  const root = directory(t)
  await (await DirectoryStore.open(root)).upload(request())
  writeFileSync(join(root, 'shop/captures/orphan.pcap'), 'x')
  const store = await DirectoryStore.open(root)
  assert.deepEqual(tree(root), ['shop/captures/a.pcap', 'shop/snapshot.json'])
  await store.upload(request({ file: 'orphan.pcap', body: chunks('y') }))
})

test('a damaged record spoils only its own snapshot', async (t) => {
  const root = directory(t)
  const store = await DirectoryStore.open(root)
  await store.upload(request())
  await store.upload(request({ snapshot: 'bad' }))
  writeFileSync(join(root, 'bad/snapshot.json'), '{"version":1,')
  const again = await DirectoryStore.open(root)
  assert.deepEqual(
    (await again.list()).map(({ name }) => name),
    ['shop'],
  )
  await assert.rejects(again.get('bad'), { code: 'snapshot_damaged', status: 500 })
  await again.delete('bad')
  await again.upload(request({ snapshot: 'bad' }))
})

test("a directory that is not the store's is left alone", async (t) => {
  const root = directory(t)
  mkdirSync(join(root, 'mine/captures'), { recursive: true })
  writeFileSync(join(root, 'mine/captures/precious.pcap'), 'x')
  const store = await DirectoryStore.open(root)
  assert.deepEqual(await store.list(), [])
  await assert.rejects(store.upload(request({ snapshot: 'mine' })), /is in the way, and is no snapshot/)
  await assert.rejects(store.delete('mine'), { code: 'unknown_snapshot' })
  assert.ok(existsSync(join(root, 'mine/captures/precious.pcap')))
  assert.deepEqual(readdirSync(join(root, '.work')), [])
})
