import assert from 'node:assert/strict'
import test from 'node:test'

import { HealthChecks } from './health-checks.ts'
import { Metrics } from './metrics.ts'

test('metrics: the same name is the same metric', async () => {
  const metrics = new Metrics({ runtime: false })
  metrics.counter('packets_total', 'Packets read', ['file']).inc({ file: 'a' }, 3)
  metrics.counter('packets_total', 'Packets read', ['file']).inc({ file: 'a' })
  metrics.gauge('jobs', 'Jobs at work').set(2)
  metrics.histogram('call_seconds', 'Time of calls', ['route'], [0.1, 1]).observe({ route: '/x' }, 0.5)
  const { contentType, text } = await metrics.render()
  assert.match(contentType, /^text\/plain; version=0\.0\.4/)
  for (const line of [
    'hindwire_packets_total{file="a"} 4',
    'hindwire_jobs 2',
    'hindwire_call_seconds_bucket{le="1",route="/x"} 1',
  ]) {
    assert.ok(text.includes(line), `${line} in\n${text}`)
  }
})

test('metrics: the runtime is measured too', async () => {
  const { text } = await new Metrics().render()
  assert.match(text, /^process_resident_memory_bytes \d/m)
})

test('health: all checks are run, none can hang or throw', async () => {
  const checks = new HealthChecks()
    .add('store', async () => {})
    .add('bus', async () => {
      throw new Error('the file is gone')
    })
    .add('query', () => new Promise(() => {}), 30)
  const { ok, checks: results } = await checks.run()
  assert.equal(ok, false)
  assert.deepEqual(Object.keys(results), ['bus', 'query', 'store'])
  assert.equal(results['store']?.ok, true)
  assert.equal(results['bus']?.error, 'the file is gone')
  assert.equal(results['query']?.error, 'no answer in 30 ms')
  assert.deepEqual(await new HealthChecks().run(), { ok: true, checks: {} })
})
