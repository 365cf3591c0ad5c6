import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

import { RestClient, type RestError } from 'hindwire/rest-client.ts'

import truth from '../../examples/checkout-incident.truth.json' with { type: 'json' }
import { HindwireProcess, hindwire, makeDirectory, removeDirectory } from './hindwire-process.ts'

const EXAMPLE = fileURLToPath(new URL('../../examples/checkout-incident.pcap', import.meta.url))
const DB = 'checkout-incident/first'

interface Calls {
  readonly calls: readonly Record<string, unknown>[]
  readonly total: number
  readonly truncated: boolean
  readonly next_cursor?: string
  readonly hint?: string
}

describe('hindwire start', () => {
  let run: HindwireProcess
  let client: RestClient
  let data: string
  let address: string

  before(async () => {
    data = await makeDirectory()
    run = new HindwireProcess(['start', '--data', data, '--port', '0', EXAMPLE])
    address = (await run.printed(/Serving at (http:\S+)/))[1] as string
    client = new RestClient(address)
  })
  after(async () => {
    await run.stop()
    await removeDirectory(data)
  })

  const calls = (kfl: string, more: Record<string, string> = {}): Promise<Calls> =>
    client.get<Calls>('/mcp/calls', { db: DB, kfl, ...more })

  it('prints what it found', () => {
    assert.match(run.stdout, /checkout-incident\/first: 8,457 packets, 3,235 calls/)
    assert.match(run.stdout, /http +1,749/)
    assert.match(run.stdout, /Failing endpoints\n.*\n +HTTP payment POST/)
    assert.match(run.stdout, /Slowest endpoints/)
    assert.match(run.stdout, /Coverage/)
  })

  it('counts what the generator of the example knows', async () => {
    for (const [service, statuses] of Object.entries(truth.http)) {
      for (const [status, expected] of Object.entries(statuses)) {
        const condition = status === 'none' ? 'completeness == "partial"' : `status == ${status}`
        const { total } = await calls(`http and dst.svc == "${service}" and ${condition}`, { limit: '1' })
        assert.equal(total, expected, `${service} ${status}`)
      }
    }
    assert.equal((await calls('dns and response.code == "NXDOMAIN"')).total, truth.dns.NXDOMAIN)
    assert.equal((await calls('redis and redis_error startsWith "WRONGTYPE"')).total, truth.redisErrors.WRONGTYPE)
  })

  it('answers the questions of the README', async () => {
    const failed = await calls('http and status >= 400')
    assert.equal(failed.calls.length, 100)
    assert.ok(failed.calls.every((call) => (call['status'] as number) >= 400 && call['proto'] === 'http'))
    const payment = await calls('dst.svc == "payment"')
    assert.ok(payment.calls.every((call) => (call['dst'] as { svc: string }).svc === 'payment'))
  })

  it('gives every call once, page by page', async () => {
    const ids = new Set<unknown>()
    let cursor: string | undefined
    let pages = 0
    do {
      const page = await client.get<Calls>('/mcp/calls', { db: DB, limit: '500', cursor })
      for (const call of page.calls) ids.add(call['id'])
      cursor = page.next_cursor
      pages++
    } while (cursor !== undefined)
    assert.equal(ids.size, 3235)
    assert.equal(pages, 7)
  })

  it('imports the same file again with the same rows, ids included', async () => {
    await client.upload('/mcp/snapshots/again/captures/checkout-incident.pcap?node=local', EXAMPLE)
    await client.upload('/mcp/snapshots/again/resolution', EXAMPLE.replace(/pcap$/, 'resolution.json'))
    await client.post('/mcp/dissections', { snapshot: 'again', name: 'first' })
    for await (const status of client.events<{ status: string }>('/mcp/dissections/again/first/events')) {
      if (status.status === 'completed') break
    }
    const rows = async (db: string): Promise<unknown> => {
      const { calls: found } = await client.get<Calls>('/mcp/calls', { db, limit: '1000', format: 'raw', order: 'asc' })
      return found.map((call) => ({ ...call, dissection: 0 }))
    }
    assert.deepEqual(await rows('again/first'), await rows(DB))
  })

  it('says what is wrong with a filter, and what exists where nothing matches', async () => {
    await assert.rejects(
      calls('statuscode >= 400'),
      (error: RestError) => error.status === 422 && error.message.includes('status_code'),
    )
    const empty = await calls('dst.svc == "payments"')
    assert.equal(empty.total, 0)
    assert.ok(empty.hint !== undefined && empty.hint !== '')
    await assert.rejects(
      client.get('/mcp/calls', { db: DB, filter: 'x' }),
      (error: RestError) => error.status === 400 && error.message.includes('kfl'),
    )
  })

  it('answers hindwire query', async () => {
    const { code, stdout, stderr } = await hindwire(
      'query',
      'status == 503',
      '--db',
      DB,
      '--url',
      address,
      '--limit',
      '3',
    )
    assert.equal(code, 0, stderr)
    assert.equal(stdout.trim().split('\n').length, 3)
    assert.match(stdout, /POST {2}\/v1\/charges {2}503/)
  })

  it('refuses a second process on the same data', async () => {
    const { code, stderr } = await hindwire('serve', '--data', data, '--port', '0')
    assert.equal(code, 1)
    assert.match(stderr, /in use by process \d+/)
  })

  it('stops when it is told to', async () => {
    assert.equal(await run.stop(), 0)
  })
})
