import { gatewaySettings } from '@hindwire/gateway/config.ts'
import { type Command, Option } from 'commander'

import { ExitCode } from '../exit-code.ts'
import { RestClient } from '../rest-client.ts'
import { whole } from './whole.ts'

interface QueryOptions {
  readonly db?: string
  readonly url?: string
  readonly limit: number
  readonly format: string
  readonly order: string
  readonly start?: string
  readonly end?: string
  readonly json?: boolean
}

interface Endpoint {
  readonly ip: string
  readonly port: number
  readonly pod?: string
  readonly svc?: string
}

interface Call {
  readonly ts: number
  readonly src: Endpoint
  readonly dst: Endpoint
  readonly proto: string
  readonly method?: string
  readonly path?: string
  readonly status?: number | string
  readonly latency_ms?: number
}

interface CallsAnswer {
  readonly calls: readonly Call[]
  readonly total: number
  readonly truncated: boolean
  readonly next_cursor?: string
  readonly hint?: string
}

export function addQuery(program: Command): void {
  program
    .command('query')
    .description('ask a running server for calls that match a KFL filter')
    .argument('[kfl]', "filter, e.g. 'http and status >= 400'; without one, all calls", '')
    .option('--db <snapshot/dissection>', 'database to ask')
    .option('--url <address>', 'address of the server (default: http://127.0.0.1 and HINDWIRE_PORT)')
    .addOption(new Option('--limit <n>', 'calls at most').argParser(whole(1, 1000)).default(100))
    .addOption(
      new Option('--format <format>', 'members of each call').choices(['compact', 'full', 'raw']).default('compact'),
    )
    .addOption(new Option('--order <order>', 'by time').choices(['asc', 'desc']).default('desc'))
    .option('--start <ms>', 'from this time on, Unix milliseconds')
    .option('--end <ms>', 'before this time, Unix milliseconds')
    .option('--json', "print the server's answer as it is, instead of a line per call")
    .action(query)
}

async function query(kfl: string, options: QueryOptions): Promise<void> {
  const settings = gatewaySettings()
  const client = new RestClient(options.url ?? `http://127.0.0.1:${settings.port}`, settings.token)
  const { db, limit, format, order, start, end } = options
  const given = { kfl: kfl === '' ? undefined : kfl, db, limit: String(limit), format, order, start, end }
  const answer = await client.get<CallsAnswer>('/mcp/calls', given)
  if (options.json === true || format !== 'compact') console.log(JSON.stringify(answer, null, 2))
  else for (const call of answer.calls) console.log(line(call))
  if (answer.hint !== undefined) console.error(`hindwire: ${answer.hint}`)
  else if (options.json !== true) console.error(`${answer.calls.length} of ${answer.total} calls`)
  process.exitCode = ExitCode.Done
}

function line(call: Call): string {
  const latency = call.latency_ms === undefined ? '' : `${call.latency_ms.toFixed(1)} ms`
  const parts = [
    new Date(call.ts).toISOString(),
    `${name(call.src)} > ${name(call.dst)}`,
    call.proto,
    call.method ?? '',
    call.path ?? '',
    String(call.status ?? ''),
    latency,
  ]
  return parts
    .filter((part) => part !== '')
    .join('  ')
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '·')
}

function name(endpoint: Endpoint): string {
  return endpoint.svc ?? endpoint.pod ?? `${endpoint.ip}:${endpoint.port}`
}
