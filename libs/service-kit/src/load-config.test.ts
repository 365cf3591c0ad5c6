import assert from 'node:assert/strict'
import test from 'node:test'

import { z } from 'zod'

import { describeConfig, loadConfig, unknownVariables, variableOf } from './load-config.ts'
import { bytes, choice, duration, flag, integer, list, secret, text } from './setting.ts'

const schema = z.object({
  dataDir: text().default('data').describe('Directory that holds everything'),
  port: integer(0, 65_535).default(8898).describe('Port of the REST interface'),
  maxUploadBytes: bytes(1024).default(2048).describe('Largest capture file'),
  stopTimeout: duration().default(8000).describe('Time to stop'),
  embedded: flag().default(true).describe('One process for everything'),
  logLevel: choice('info', 'debug').default('info').describe('Least level of lines'),
  nodes: list().default([]).describe('Nodes'),
  token: secret().optional().describe('Token that clients must show'),
})

test('defaults', () => {
  const config = loadConfig(schema, { PATH: '/bin', HINDWIRE_PORT: '' })
  assert.deepEqual(config, {
    dataDir: 'data',
    port: 8898,
    maxUploadBytes: 2048,
    stopTimeout: 8000,
    embedded: true,
    logLevel: 'info',
    nodes: [],
  })
  assert.ok(Object.isFrozen(config))
})

test('every kind reads its text', () => {
  const config = loadConfig(schema, {
    HINDWIRE_DATA_DIR: '/srv/x y',
    HINDWIRE_PORT: '0',
    HINDWIRE_MAX_UPLOAD_BYTES: '2GiB',
    HINDWIRE_STOP_TIMEOUT: '2m',
    HINDWIRE_EMBEDDED: 'No',
    HINDWIRE_LOG_LEVEL: 'debug',
    HINDWIRE_NODES: 'a, b,',
    HINDWIRE_TOKEN: 'hush',
  })
  assert.deepEqual(config, {
    dataDir: '/srv/x y',
    port: 0,
    maxUploadBytes: 2 * 1024 ** 3,
    stopTimeout: 120_000,
    embedded: false,
    logLevel: 'debug',
    nodes: ['a', 'b'],
    token: 'hush',
  })
})

test('sizes and times', () => {
  const sizes = { '1024': 1024, '64k': 65_536, '64K': 65_536, '64KiB': 65_536, '64kb': 65_536, '1 m': 1_048_576 }
  for (const [input, value] of Object.entries(sizes)) {
    assert.equal(loadConfig(schema, { HINDWIRE_MAX_UPLOAD_BYTES: input }).maxUploadBytes, value, input)
  }
  const times = { '0s': 0, '500ms': 500, '1h': 3_600_000, '7d': 604_800_000 }
  for (const [input, value] of Object.entries(times)) {
    assert.equal(loadConfig(schema, { HINDWIRE_STOP_TIMEOUT: input }).stopTimeout, value, input)
  }
})

test('everything that is wrong is said at once', () => {
  const env = {
    HINDWIRE_PORT: '65536',
    HINDWIRE_MAX_UPLOAD_BYTES: '12 apples',
    HINDWIRE_STOP_TIMEOUT: '5',
    HINDWIRE_EMBEDDED: 'maybe',
    HINDWIRE_LOG_LEVEL: 'loud',
  }
  const strict = schema.extend({ natsUrl: text().describe('NATS server') })
  assert.throws(() => loadConfig(strict, env), {
    code: 'bad_config',
    details: {
      wrong: [
        'HINDWIRE_PORT must be a whole number from 0 to 65535',
        'HINDWIRE_MAX_UPLOAD_BYTES must be a size of at least 1024 bytes, such as 64KiB or 2GiB',
        'HINDWIRE_STOP_TIMEOUT must be a time such as 500ms, 30s, 5m or 2h',
        'HINDWIRE_EMBEDDED must be true or false',
        'HINDWIRE_LOG_LEVEL must be one of info, debug',
        'HINDWIRE_NATS_URL must be set',
      ],
    },
  })
})

test('--help shows every variable, its default and its description', () => {
  const lines = describeConfig(schema.extend({ natsUrl: text().describe('NATS server') })).split('\n')
  assert.equal(lines[0], '  HINDWIRE_DATA_DIR          Directory that holds everything (default data)')
  assert.ok(lines.includes('  HINDWIRE_NODES             Nodes (default none)'))
  assert.ok(lines.includes('  HINDWIRE_TOKEN             Token that clients must show (optional)'))
  assert.ok(lines.includes('  HINDWIRE_NATS_URL          NATS server (required)'))
  const hidden = z.object({ key: secret().default('hush').describe('Key') })
  assert.equal(describeConfig(hidden), '  HINDWIRE_KEY  Key (has a default)\n')
})

test('misspelled variables are found', () => {
  assert.equal(variableOf('s3AccessKeyId'), 'HINDWIRE_S3_ACCESS_KEY_ID')
  assert.deepEqual(unknownVariables([schema], { HINDWIRE_PROT: '1', HINDWIRE_PORT: '1', HOME: '/' }), ['HINDWIRE_PROT'])
})
