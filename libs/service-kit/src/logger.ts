import { type DestinationStream, type Logger, pino, stdSerializers, stdTimeFunctions } from 'pino'

import { PrettyStream } from './pretty-stream.ts'

export type { Logger } from 'pino'

export interface LoggerOptions {
  /** Name of the service, in every line. */
  readonly service: string
  readonly level?: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'
  /** `pretty`: one line for people. `auto` (default): pretty on a terminal, JSON elsewhere. */
  readonly format?: 'auto' | 'json' | 'pretty'
  /** Where lines go instead of standard error. */
  readonly destination?: DestinationStream
}

/**
 * A logger of the one log shape, a JSON object per line:
 * `{"level":"info","time":"2026-01-02T03:04:05.678Z","service":"gateway",…fields,"err":{…},"msg":"…"}`.
 * Log errors as `logger.error({ err }, 'what failed')`.
 */
export function createLogger(options: LoggerOptions): Logger {
  const { service, level = 'info', format = 'auto' } = options
  const raw = options.destination ?? pino.destination({ fd: 2, sync: true })
  const pretty = format === 'pretty' || (format === 'auto' && options.destination === undefined && process.stderr.isTTY)
  const settings = {
    level,
    base: { service },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: stdSerializers.errWithCause },
    redact: ['password', '*.password', 'token', '*.token', 'authorization', '*.authorization'],
  }
  return pino(settings, pretty ? new PrettyStream(raw, process.stderr.isTTY) : raw)
}
