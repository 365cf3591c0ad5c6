import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

import { columns } from '@hindwire/protocols/contract/column.ts'
import '@hindwire/protocols/contract/common-columns.ts'

import type { StoreConnections } from './connection.ts'
import { startEmbedded } from './embedded-server.ts'
import { sampleBlock, sampleRows } from './sample-block.ts'
import { StoreError } from './store-error.ts'
import { openStore } from './store.ts'
import type { Store } from './store.ts'

const MEMORY = 2 ** 30
const directories: string[] = []
after(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true })
})

function newDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'hindwire-engine-'))
  directories.push(directory)
  return directory
}

function open(connections: StoreConnections): Store {
  return openStore({ connections, columns: columns() })
}

/** Also false of a process that has ended and that nobody has asked about yet. */
function alive(pid: number): boolean {
  try {
    const state = execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).trim()
    return state !== '' && !state.startsWith('Z')
  } catch {
    return false
  }
}

async function untilGone(pid: number): Promise<void> {
  for (let wait = 0; alive(pid); wait++) {
    assert.ok(wait < 100, `process ${pid} still lives`)
    await sleep(50)
  }
}

function withCode(code: string, message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof StoreError, String(error))
    assert.equal(error.code, code, error.message)
    assert.match(error.message, message)
    return true
  }
}

describe('the embedded engine', { concurrency: true }, () => {
  test('starts, holds its directory, keeps rows and tokens, stops without a trace', async () => {
    const dataDir = newDirectory()
    const server = await startEmbedded({ dataDir, memory: MEMORY })
    await assert.rejects(
      startEmbedded({ dataDir }),
      withCode('data_directory', new RegExp(`${dataDir} is in use by process ${process.pid}; .*--data`, 'u')),
    )
    for (const file of ['config.xml', 'users.xml'])
      assert.equal(statSync(join(dataDir, 'clickhouse', file)).mode & 0o777, 0o600)

    const store = open(server.connections)
    await store.migrate()
    const block = sampleBlock(sampleRows(1, 100))
    await store.insertEntries(block, { token: '1/0/0' })
    await store.close()
    const pid = server.pid()
    await Promise.all([server.stop(), server.stop()])
    assert.equal(await server.exited, null)
    assert.equal(alive(pid), false)
    assert.equal(existsSync(join(dataDir, 'hindwire.pid')), false)

    const again = await startEmbedded({ dataDir, memory: MEMORY })
    assert.notEqual(again.users.rw.password, server.users.rw.password)
    const reopened = open(again.connections)
    assert.equal((await reopened.migrate()).changed, false)
    await reopened.insertEntries(block, { token: '1/0/0' })
    assert.equal((await reopened.countEntries(1)).entryCount, 100)
    await reopened.close()
    await again.stop()
  })

  test('a parent that is killed leaves no engine, and the next start works at once', async () => {
    const dataDir = newDirectory()
    const module = new URL('embedded-server.ts', import.meta.url).href
    const script = `
      const { startEmbedded } = await import(${JSON.stringify(module)})
      const server = await startEmbedded({ dataDir: ${JSON.stringify(dataDir)}, memory: ${MEMORY} })
      console.log(JSON.stringify({ pid: server.pid(), connections: server.connections }))`
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [line] = (await once(parent.stdout, 'data')) as [Buffer]
    const { pid, connections } = JSON.parse(line.toString()) as { pid: number; connections: StoreConnections }
    const store = open(connections)
    await store.migrate()
    await store.insertEntries(sampleBlock(sampleRows(1, 100)), { token: '1/0/0' })
    await store.close()
    await assert.rejects(
      startEmbedded({ dataDir }),
      withCode('data_directory', new RegExp(`process ${parent.pid};`, 'u')),
    )

    parent.kill('SIGKILL')
    await once(parent, 'exit')
    const server = await startEmbedded({ dataDir, memory: MEMORY })
    await untilGone(pid)
    const reopened = open(server.connections)
    await reopened.migrate()
    assert.equal((await reopened.countEntries(1)).entryCount, 100)
    await reopened.close()
    await server.stop()
  })

  test('a crash is followed by a restart on the same port with the same passwords', async () => {
    const messages: string[] = []
    const server = await startEmbedded({
      dataDir: newDirectory(),
      memory: MEMORY,
      log: ({ message }) => messages.push(message),
    })
    const store = open(server.connections)
    await store.migrate()
    const before = server.pid()
    process.kill(before, 'SIGKILL')
    while (server.pid() === before) await sleep(10)
    await store.insertEntries(sampleBlock(sampleRows(1, 10)), { token: '1/0/0' })
    assert.equal((await store.countEntries(1)).entryCount, 10)
    assert.match(messages[0] ?? '', /ended \(signal SIGKILL\); starting it again/u)
    await store.close()
    await server.stop()
    assert.equal(alive(server.pid()), false)
  })

  test('an engine that cannot start again is given up with the reason', async () => {
    const dataDir = newDirectory()
    const server = await startEmbedded({ dataDir, memory: MEMORY })
    writeFileSync(join(dataDir, 'clickhouse', 'config.xml'), '<clickhouse><broken')
    process.kill(server.pid(), 'SIGKILL')
    const error = await server.exited
    assert.ok(error instanceof StoreError)
    assert.equal(error.code, 'engine')
    assert.match(error.message, /crashed 5 times in a row: .*config\.xml/u)
    await server.stop()
    // The directory is free again.
    await (await startEmbedded({ dataDir, memory: MEMORY })).stop()
  })

  test('a port that another program has', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    assert.ok(address !== null && typeof address === 'object')
    const { port } = address
    await assert.rejects(
      startEmbedded({ dataDir: newDirectory(), port, memory: MEMORY }),
      withCode('engine', new RegExp(`port ${port} of 127.0.0.1 is taken`, 'u')),
    )
    other.close()
  })

  test('no answer in time', async () => {
    const dataDir = newDirectory()
    await assert.rejects(
      startEmbedded({ dataDir, memory: MEMORY, startTimeoutMs: 1 }),
      withCode('engine', /did not answer within 0\.001 s/u),
    )
    await (await startEmbedded({ dataDir, memory: MEMORY })).stop()
  })

  test('a data directory that is a file, and one that may not be written', async () => {
    const directory = newDirectory()
    const file = join(directory, 'file')
    writeFileSync(file, '')
    const sentence = /cannot use the data directory .*: a part of the path is a file; choose another with --data/u
    await assert.rejects(startEmbedded({ dataDir: file }), withCode('data_directory', sentence))
    await assert.rejects(startEmbedded({ dataDir: join(file, 'below') }), withCode('data_directory', sentence))
    // Root may write anywhere.
    if (process.getuid?.() === 0) return
    const locked = join(directory, 'locked')
    chmodSync(directory, 0o500)
    await assert.rejects(
      startEmbedded({ dataDir: locked }),
      withCode('data_directory', /this user may not write there/u),
    )
    chmodSync(directory, 0o700)
  })
})
