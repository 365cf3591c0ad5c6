import { type ConfigSchema, describeConfig, loadConfig } from '@hindwire/service-kit/load-config.ts'
import { bytes, choice, duration, integer, list, secret, text } from '@hindwire/service-kit/setting.ts'
import { z } from 'zod'

import { DEFAULT_SETTINGS, type GatewaySettings } from './settings.ts'

const standard = DEFAULT_SETTINGS

const schema = z.object({
  host: text().default(standard.host).describe('Address to listen on; another than loopback needs a token'),
  port: integer(0, 65_535).default(standard.port).describe('Port to listen on; 0: any free one'),
  token: secret().optional().describe('Token that requests must carry as Authorization: Bearer …'),
  allowedHosts: list().default([]).describe('Names that requests may carry in Host and Origin beside loopback'),
  maxUploadBytes: bytes(1).default(standard.maxUploadBytes).describe('Largest capture file. Stops a runaway upload.'),
  maxJsonBytes: bytes(1).default(standard.maxJsonBytes).describe('Largest JSON body'),
  maxResolutionBytes: bytes(1).default(standard.maxResolutionBytes).describe('Largest body of name records'),
  maxRequests: integer(1).default(standard.maxRequests).describe('Requests answered at the same time'),
  maxEventStreams: integer(1).default(standard.maxEventStreams).describe('Event streams open at the same time'),
  heartbeat: duration().default(standard.heartbeatMs).describe('A quiet event stream gets a comment this often'),
  idleTimeout: duration().default(standard.idleMs).describe('A connection on which nothing moves is closed after'),
}) satisfies ConfigSchema

const services = z.object({
  queryAddress: text().default('127.0.0.1:8901').describe('Address of the query service'),
  ingestAddress: text().default('127.0.0.1:8902').describe('Address of the ingest service'),
  data: text().default('data').describe('Directory of snapshots, bus and job state'),
  logLevel: choice('trace', 'debug', 'info', 'warn', 'error').default('info').describe('Lines below it are left out'),
}) satisfies ConfigSchema

export type GatewayProcessConfig = Readonly<z.infer<typeof services>>

/** The gateway's own settings, from the environment. */
export function gatewaySettings(): GatewaySettings {
  const { token, heartbeat, idleTimeout, ...rest } = loadConfig(schema, process.env)
  return { ...rest, token: token ?? '', heartbeatMs: heartbeat, idleMs: idleTimeout }
}

/** Where a gateway that is a process of its own finds the other services. */
export function gatewayProcessConfig(): GatewayProcessConfig {
  return loadConfig(services, process.env)
}

export function gatewayHelp(): string {
  return describeConfig(schema) + describeConfig(services)
}
