import assert from 'node:assert/strict'
import test from 'node:test'

import { AppError } from './app-error.ts'
import { createLogger, type LoggerOptions } from './logger.ts'

function capture(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  return { lines, logger: createLogger({ service: 'gateway', format: 'json', destination, ...options }) }
}

test('the log shape', () => {
  const { lines, logger } = capture()
  logger.info({ port: 8898 }, 'listening')
  logger.debug('not shown')
  const { time, ...line } = JSON.parse(lines[0] ?? '{}')
  assert.deepEqual(line, { level: 'info', service: 'gateway', port: 8898, msg: 'listening' })
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  assert.equal(lines.length, 1)
})

test('errors carry code, stack and cause; secrets do not appear', () => {
  const { lines, logger } = capture()
  const err = new AppError('no_space', 503, 'The disk is full.', { cause: new Error('ENOSPC') })
  logger.error({ err, token: 'hush', db: { password: 'hush' } }, 'upload')
  const line = JSON.parse(lines[0] ?? '{}')
  assert.deepEqual([line.err.type, line.err.code, line.err.cause.message], ['AppError', 'no_space', 'ENOSPC'])
  assert.ok(!lines[0]?.includes('hush'))
})

test('pretty lines hold to one line, and let nothing out to the terminal', () => {
  const { lines, logger } = capture({ format: 'pretty' })
  logger.warn({ file: 'a\u001b[31m\nb', n: 1 }, 'odd')
  assert.match(lines[0] ?? '', /^\d\d:\d\d:\d\d\.\d{3} warn {2}gateway: odd {2}file=a b {2}n=1\n$/)
  logger.error({ err: new AppError('no_space', 503, 'The disk is full.') }, 'upload')
  assert.match(lines[1] ?? '', /upload\n {4}The disk is full\. \(no_space\)\n$/)
  logger.error({ err: new Error('a mistake') }, 'upload')
  assert.match(lines[2] ?? '', /upload\n {4}Error: a mistake\n {8}at /)
})
