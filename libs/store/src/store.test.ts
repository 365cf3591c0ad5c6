import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'

import { columns } from '@hindwire/protocols/contract/column.ts'

import { sampleBlock, sampleRows } from './sample-block.ts'
import { StoreError } from './store-error.ts'
import { openStore } from './store.ts'
import { startTemporaryStore } from './temporary-store.ts'
import type { TemporaryStore } from './temporary-store.ts'

let temporary: TemporaryStore
before(async () => {
  temporary = await startTemporaryStore()
})
after(() => temporary.stop())

function withCode(code: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof StoreError, String(error))
    assert.equal(error.code, code, error.message)
    return true
  }
}

async function rowsOf(id: number): Promise<number> {
  return (await temporary.store.countEntries(id)).entryCount
}

describe('insert', () => {
  test('the same token twice is one set of rows, also after a crash of the engine', async () => {
    const { store, server } = temporary
    const block = sampleBlock(sampleRows(1, 1000))
    await store.insertEntries(block, { token: '1/0/0' })
    await store.insertEntries(block, { token: '1/0/0' })
    assert.equal(await rowsOf(1), 1000)

    process.kill(server.pid(), 'SIGKILL')
    // Nothing waits for the engine here: the insert does.
    await store.insertEntries(block, { token: '1/0/0' })
    await store.insertEntries(block, { token: '1/0/1' })
    assert.equal(await rowsOf(1), 2000)
  })

  test('the same bytes under other tokens are other rows, and merging forgets no token', async () => {
    const { store } = temporary
    const block = sampleBlock(sampleRows(2, 10))
    for (const sequence of [0, 1, 2]) await store.insertEntries(block, { token: `2/0/${sequence}` })
    await store.rw.command('OPTIMIZE TABLE entries PARTITION 2 FINAL')
    await store.insertEntries(block, { token: '2/0/1' })
    assert.equal(await rowsOf(2), 30)
  })

  test('one insert is one part', async () => {
    const { store } = temporary
    await store.insertEntries(sampleBlock(sampleRows(3, 100_000)), { token: '3/0/0' })
    const { rows } = await store.rw.select(
      "SELECT rows FROM system.parts WHERE table = 'entries' AND partition_id = '3'",
    )
    assert.deepEqual(rows, [[100_000]])
  })

  test('columns that the block leaves out are at their defaults', async () => {
    const { store } = temporary
    await store.insertEntries(sampleBlock(sampleRows(4, 1)), { token: '4/0/0' })
    const { rows } = await store.select(
      'SELECT `index`, path, status_code, request_headers, toUnixTimestamp64Micro(ts) FROM entries WHERE dissection = 4',
    )
    assert.deepEqual(rows, [[0, '/orders/0/0', 0, {}, 1_769_998_106_000_000]])
  })

  test('a block with an unknown column is refused, and not retried', async () => {
    const block = sampleBlock(sampleRows(5, 1), 'no_such_column')
    await assert.rejects(temporary.store.insertEntries(block, { token: '5/0/0' }), (error) => {
      assert.ok(error instanceof StoreError)
      assert.deepEqual([error.code, error.retryable], ['schema', false], error.message)
      return true
    })
    assert.equal(await rowsOf(5), 0)
  })

  test('a block that is cut short inserts nothing', async () => {
    const block = sampleBlock(sampleRows(6, 100))
    for (const end of [1, 40, block.length - 1])
      await assert.rejects(
        temporary.store.insertEntries(block.subarray(0, end), { token: '6/0/0' }),
        withCode('schema'),
      )
    assert.equal(await rowsOf(6), 0)
    await temporary.store.insertEntries(block, { token: '6/0/0' })
    assert.equal(await rowsOf(6), 100)
  })

  test('nobody answers: an error that may be retried', async () => {
    const { rw } = temporary.server.connections
    const lost = openStore({
      connections: { rw: { ...rw, url: 'http://127.0.0.1:1' }, ro: rw },
      columns: columns(),
    })
    await assert.rejects(lost.insertEntries(new Uint8Array(1), { token: 'x', retryForMs: 100 }), (error) => {
      assert.ok(error instanceof StoreError)
      assert.deepEqual([error.code, error.retryable], ['unavailable', true], error.message)
      return true
    })
    await lost.close()
  })
})

describe('select', () => {
  const nasty = 'a\0b\\N\\\t\n\r\b\f\'"`%_\\n日本😀\u{10ffff}\x7f\x1b+&=#{p:String}--;'

  test('bound strings arrive as they are', async () => {
    const long = nasty.repeat(1000)
    for (const value of ['', '\\N', 'NULL', '\\', "'", '\0', nasty, long]) {
      const { rows } = await temporary.store.select(
        'SELECT {p1:String}, length({p1:String}), {p2:Array(String)}, {p3:String} = {p1:String}',
        { p1: value, p2: [value, 'x'], p3: value },
      )
      assert.deepEqual(rows, [[value, Buffer.byteLength(value), [value, 'x'], 1]])
    }
  })

  test('bound numbers, lists, booleans and nulls', async () => {
    const { rows } = await temporary.store.select(
      'SELECT {i:Int64}, {u:UInt64}, {f:Float64}, {b:Bool}, {n:Nullable(String)}, {l:Array(Int64)}',
      { i: -9007199254740991, u: 18446744073709551615n, f: 0.1, b: true, n: null, l: [1, -2] },
    )
    assert.deepEqual(rows, [[-9007199254740991, '18446744073709551615', 0.1, true, null, [1, -2]]])
  })

  test('rows as objects, with the figures of the query', async () => {
    const { store } = temporary
    const selected = await store.select<{ n: number }>(
      'SELECT number AS n FROM numbers(3)',
      {},
      { format: 'JSONEachRow' },
    )
    assert.deepEqual(selected.rows, [{ n: 0 }, { n: 1 }, { n: 2 }])
    assert.equal(selected.readRows, 3)
  })

  /** Fewer rows than the limit, but minutes of work. */
  const endless = 'SELECT count() FROM numbers(1000000000) WHERE NOT ignore(SHA512(repeat(toString(number), 50)))'

  test('too long', async () => {
    const limits = { executionTime: 1 }
    await assert.rejects(temporary.store.select(endless, {}, { limits }), withCode('timeout'))
  })

  test('too many rows to read, too many of result, too much memory', async () => {
    const { store } = temporary
    await assert.rejects(store.select(endless, {}, { limits: { rowsToRead: 1000 } }), withCode('too_many_rows'))
    const many = 'SELECT number FROM numbers(100000)'
    await assert.rejects(store.select(many, {}, { limits: { resultRows: 100 } }), withCode('result_too_large'))
    const large = 'SELECT groupArray(number) FROM numbers(100000000)'
    await assert.rejects(store.select(large, {}, { limits: { memory: 50_000_000 } }), withCode('memory'))
  })

  test('an aborted query ends on the server, too', async () => {
    const { store } = temporary
    const abort = new AbortController()
    const queryId = 'to-be-aborted'
    const running = async (): Promise<number> => {
      const sql = 'SELECT count() FROM system.processes WHERE query_id = {id:String}'
      return (await store.rw.select<[number]>(sql, { id: queryId })).rows[0]?.[0] ?? 0
    }
    const limits = { executionTime: 60 }
    const query = assert.rejects(
      store.select(endless, {}, { queryId, signal: abort.signal, limits }),
      withCode('cancelled'),
    )
    while ((await running()) === 0) await sleep(10)
    const since = performance.now()
    abort.abort()
    await query
    while ((await running()) === 1) await sleep(10)
    assert.ok(performance.now() - since < 3000)
  })

  test('errors of the SQL carry what ClickHouse says', async () => {
    await assert.rejects(temporary.store.select('SELECT nothing_such FROM entries'), (error) => {
      assert.ok(error instanceof StoreError)
      assert.equal(error.code, 'schema')
      assert.match(error.message, /nothing_such/u)
      return true
    })
  })
})

describe('the read-only user', () => {
  test('cannot write', async () => {
    const { ro } = temporary.store
    for (const sql of [
      'INSERT INTO entries (path) SELECT 1',
      'CREATE TABLE x (a UInt8) ENGINE = Memory',
      'CREATE TEMPORARY TABLE x (a UInt8)',
      'DROP TABLE entries',
      'ALTER TABLE entries DROP PARTITION 1',
      'SYSTEM SHUTDOWN',
      'GRANT ALL ON *.* TO hindwire_ro',
    ])
      await assert.rejects(ro.command(sql), withCode('denied'), sql)
  })

  test('cannot read files, addresses or other tables', async () => {
    for (const sql of [
      "SELECT * FROM file('/etc/passwd', 'LineAsString')",
      "SELECT * FROM url('http://127.0.0.1/', 'LineAsString')",
      "SELECT * FROM remote('127.0.0.1', system.one)",
      "SELECT * FROM executable('id', 'LineAsString', 'a String')",
      'SELECT * FROM system.users',
      'SELECT * FROM system.query_log',
      'SELECT * FROM system.processes',
      'SELECT * FROM system.server_settings',
    ])
      await assert.rejects(temporary.store.select(sql), (error) => {
        assert.ok(error instanceof StoreError, sql)
        assert.ok(['denied', 'schema'].includes(error.code), `${sql}: ${error.message}`)
        return true
      })
  })

  test('cannot lift its limits', async () => {
    for (const setting of [
      'max_execution_time = 0',
      'max_execution_time = 100000',
      'max_memory_usage = 0',
      'readonly = 0',
    ])
      await assert.rejects(temporary.store.select(`SELECT 1 SETTINGS ${setting}`), (error) => {
        assert.ok(error instanceof StoreError, setting)
        return true
      })
  })

  test('nobody comes in without a password, except to do nothing', async () => {
    const { url } = temporary.server
    const ask = async (user: string, sql: string): Promise<string> =>
      (await fetch(`${url}/?user=${user}`, { method: 'POST', body: sql })).text()
    assert.match(await ask('hindwire', 'SELECT 1'), /AUTHENTICATION_FAILED/u)
    assert.match(await ask('hindwire_ro', 'SELECT 1'), /AUTHENTICATION_FAILED/u)
    assert.match(await ask('default', 'SELECT count() FROM hindwire.entries'), /ACCESS_DENIED/u)
    assert.match(await ask('default', 'DROP TABLE hindwire.entries'), /ACCESS_DENIED/u)
    assert.match(await ask('default', "SELECT * FROM file('/etc/passwd', 'LineAsString')"), /ACCESS_DENIED/u)
    assert.match(await ask('default', 'SYSTEM SHUTDOWN'), /ACCESS_DENIED/u)
  })
})

describe('dissections', () => {
  test('made, sealed, dropped', async () => {
    const { store } = temporary
    const made = await store.createDissection('monday', 'first')
    assert.equal((await store.createDissection('monday', 'first')).id, made.id)
    assert.equal(made.visible, false)
    assert.equal(made.schemaVersion, store.schemaVersion)

    for (const flow of [1, 2, 3])
      await store.insertEntries(sampleBlock(sampleRows(made.id, 30, flow)), { token: `${made.id}/0/${flow}` })
    const counts = {
      entryCount: 90,
      protocolCounts: { dns: 60, http: 30 },
      firstTs: 1_769_998_106_001_000,
      lastTs: 1_769_998_106_003_029,
    }
    assert.deepEqual(await store.sealDissection(made.id), counts)
    await store.mergeDissection(made.id)
    const sealed = await store.findDissection('monday', 'first')
    assert.deepEqual(sealed, {
      ...made,
      ...counts,
      status: 'completed',
      visible: true,
      sealedAt: sealed?.sealedAt,
    })
    const parts = await store.rw.select(
      "SELECT count() FROM system.parts WHERE active AND table = 'entries' AND partition_id = {id:String}",
      { id: String(made.id) },
    )
    assert.deepEqual(parts.rows, [[1]])

    await store.dropDissection(made.id)
    await store.dropDissection(made.id)
    assert.equal(await store.findDissection('monday', 'first'), null)
    assert.equal(await rowsOf(made.id), 0)
    await assert.rejects(store.sealDissection(made.id), withCode('failed'))
    const again = await store.createDissection('monday', 'first')
    assert.notEqual(again.id, made.id)
  })

  test('of a given number: named when it is sealed, and dropped for good', async () => {
    const { store } = temporary
    const id = 4_000_000_001
    assert.equal(await store.dissectionState(id), 'absent')
    assert.equal(await store.registerDissection(id), 'open')
    assert.equal(await store.registerDissection(id), 'open')
    await store.insertEntries(sampleBlock(sampleRows(id, 3)), { token: `${id}/0/0` })
    assert.deepEqual((await store.dropOrphans()).includes(id), false)
    const names = { snapshot: 'numbered', name: 'first' }
    assert.equal((await store.sealDissection(id, names)).entryCount, 3)
    assert.equal((await store.sealDissection(id, names)).entryCount, 3)
    assert.equal(await store.registerDissection(id), 'sealed')
    assert.equal((await store.findDissection('numbered', 'first'))?.id, id)
    await store.dropDissection(id)
    assert.equal(await store.registerDissection(id), 'dropped')
    await store.dropDissection(id + 1)
    assert.equal(await store.registerDissection(id + 1), 'dropped')
  })

  test('rows of no dissection are found and dropped', async () => {
    const { store } = temporary
    const kept = await store.createDissection('tuesday', 'first')
    await store.insertEntries(sampleBlock(sampleRows(kept.id, 5)), { token: `${kept.id}/0/0` })
    await store.insertEntries(sampleBlock(sampleRows(77, 5)), { token: '77/0/0' })
    assert.ok((await store.dropOrphans()).includes(77))
    assert.deepEqual(await store.dropOrphans(), [])
    assert.equal(await rowsOf(kept.id), 5)
  })

  test('an empty one', async () => {
    const { store } = temporary
    const { id } = await store.createDissection('empty', 'first')
    assert.deepEqual(await store.sealDissection(id), { entryCount: 0, protocolCounts: {}, firstTs: 0, lastTs: 0 })
    assert.deepEqual((await store.listDissections()).find((one) => one.id === id)?.visible, true)
  })
})

describe('migration', () => {
  test('twice changes nothing; a new column is added; an older catalogue still fits', async () => {
    const { store, server } = temporary
    assert.deepEqual(await store.migrate(), { changed: false, addedColumns: [], addedIndexes: [] })

    const grown = openStore({
      connections: server.connections,
      columns: [...columns(), { name: 'brand_new', type: 'labels', description: 'of a later version' }],
    })
    assert.deepEqual(await grown.migrate(), { changed: true, addedColumns: ['brand_new'], addedIndexes: [] })
    assert.deepEqual(await grown.migrate(), { changed: false, addedColumns: [], addedIndexes: [] })
    await grown.insertEntries(sampleBlock(sampleRows(9, 2)), { token: '9/0/0' })
    const { rows } = await grown.select('SELECT brand_new FROM entries WHERE dissection = 9')
    assert.deepEqual(rows, [[[]], [[]]])
    await grown.close()

    assert.deepEqual((await store.migrate()).addedColumns, [])
    await store.insertEntries(sampleBlock(sampleRows(9, 2)), { token: '9/0/1' })
    assert.equal(await rowsOf(9), 4)
  })

  test('a column of another type is an error that names it', async () => {
    const changed = columns().map((column) => (column.name === 'path' ? { ...column, type: 'label' as const } : column))
    const store = openStore({ connections: temporary.server.connections, columns: changed })
    await assert.rejects(store.migrate(), /path is String, not LowCardinality\(String\)/u)
    await store.close()
  })

  test('a database of a newer version is left alone', async () => {
    const { store } = temporary
    await store.rw.command("ALTER TABLE entries MODIFY COMMENT '99-abc'")
    await assert.rejects(store.migrate(), /written by a newer Hindwire/u)
    await store.rw.command(`ALTER TABLE entries MODIFY COMMENT '${store.schemaVersion}'`)
  })
})
