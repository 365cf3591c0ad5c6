import { Columns } from '../contract/common-columns.ts'
import type { EntryWriter } from '../contract/entry-writer.ts'
import type { Pair } from '../contract/message.ts'
import { type CertificateInfo, readCertificates } from './certificate.ts'
import { cipherSuiteNames } from './cipher-suites.ts'
import { TlsColumns } from './columns.ts'
import { alertNames, AlertLevel, Extension, isGrease, isTls13, versionName } from './constants.ts'
import { ja3, ja3s, ja4 } from './fingerprint.ts'
import { chosenVersion, type Hello, offeredVersion, readHello } from './parse.ts'
import { type Alert, Kind, type TlsMessage } from './types.ts'

export function summarize(pair: Pair<TlsMessage>, entry: EntryWriter): void {
  const { request, response } = pair
  const client = request === null ? null : readHello(request, true)
  const server = response === null || response.kind === Kind.Alert ? null : readHello(response, false)
  const alerts = [...(request?.alerts ?? []), ...(response?.alerts ?? [])]
  if (request !== null && client !== null) writeClient(request, client, entry)
  if (response !== null) entry.number(Columns.responseSize, response.wireSize)
  const version = server === null ? (client === null ? 0 : offeredVersion(client)) : chosenVersion(server)
  if (version > 0) {
    entry.number(TlsColumns.version, version)
    entry.text(Columns.version, versionName(version))
  }
  entry.text(Columns.method, methodOf(request, server))
  writeAlpn(client, server, entry)
  if (server !== null) {
    entry.number(TlsColumns.cipherSuite, server.ciphers[0] ?? 0)
    if (response?.kind === Kind.Hello) entry.text(TlsColumns.ja3s, ja3s(server))
  }
  const fatal = alerts.find(({ level }) => level === AlertLevel.Fatal)
  if (fatal !== undefined) {
    entry.number(Columns.isError, 1)
    entry.number(Columns.statusCode, fatal.description)
    entry.text(Columns.errorCode, alertName(fatal))
    entry.text(Columns.errorMessage, `${fatal.fromClient ? 'client' : 'server'} sent ${alertName(fatal)}`)
  }
  const info = infoText(version, server, isResumed(response, client, server), alerts)
  entry.text(Columns.path, info)
  const name = client === null || client.serverName === '' ? '' : ` ${client.serverName}`
  entry.text(Columns.summary, `${methodOf(request, server)}${name}${info === '' ? '' : `: ${info}`}`)
  entry.text(Columns.detail, JSON.stringify(detailOf(pair, client, server, alerts)))
}

function writeClient(request: TlsMessage, hello: Hello, entry: EntryWriter): void {
  entry.number(Columns.requestSize, request.wireSize)
  if (hello.serverName !== '') entry.text(Columns.host, hello.serverName)
  entry.list(TlsColumns.cipherSuites, hello.ciphers.map(cipherName))
  if (request.kind !== Kind.Hello) return
  entry.text(TlsColumns.ja3, ja3(hello))
  entry.text(TlsColumns.ja4, ja4(hello))
}

function writeAlpn(client: Hello | null, server: Hello | null, entry: EntryWriter): void {
  const chosen = server?.alpn[0]
  const offered = client?.alpn.join(',') ?? ''
  if (chosen !== undefined) entry.text(TlsColumns.alpn, chosen)
  else if (offered !== '') entry.text(TlsColumns.alpn, offered)
}

function methodOf(request: TlsMessage | null, server: Hello | null): string {
  if (request !== null) return 'ClientHello'
  if (server === null) return 'Alert'
  return server.isRetry ? 'HelloRetryRequest' : 'ServerHello'
}

function cipherName(value: number): string {
  if (isGrease(value)) return 'GREASE'
  return cipherSuiteNames[value] ?? `UNKNOWN(0x${value.toString(16).padStart(4, '0')})`
}

function alertName({ description }: Alert): string {
  return alertNames[description] ?? `UNKNOWN(${description})`
}

function isResumed(response: TlsMessage | null, client: Hello | null, server: Hello | null): boolean {
  if (response === null || server === null) return false
  if (!isTls13(chosenVersion(server))) return response.resumed
  return (
    server.extensions.includes(Extension.PreSharedKey) && client?.extensions.includes(Extension.PreSharedKey) !== false
  )
}

function infoText(version: number, server: Hello | null, resumed: boolean, alerts: readonly Alert[]): string {
  const parts: string[] = []
  if (server !== null) {
    parts.push(versionName(version), cipherName(server.ciphers[0] ?? 0))
    if (server.alpn[0] !== undefined) parts.push(server.alpn[0])
    if (server.isRetry) parts.push('retry requested')
    if (resumed) parts.push('resumed')
  }
  for (const alert of alerts) parts.push(`alert ${alertName(alert)}`)
  return parts.join(' ')
}

interface Detail {
  client?: object
  server?: object
  alerts?: readonly object[]
}

function detailOf(
  { request, response }: Pair<TlsMessage>,
  client: Hello | null,
  server: Hello | null,
  alerts: readonly Alert[],
): Detail {
  const detail: Detail = {}
  if (request !== null && client !== null) {
    detail.client = {
      record_version: versionName(request.recordVersion || client.version),
      ...helloDetail(client),
      versions: client.versions.filter((value) => !isGrease(value)).map(versionName),
      groups: client.groups,
      signature_algorithms: client.signatures,
      ticket: client.ticketLength > 0,
      early_data: client.extensions.includes(Extension.EarlyData),
      pre_shared_key: client.extensions.includes(Extension.PreSharedKey),
      encrypted_client_hello: client.extensions.includes(Extension.EncryptedClientHello),
      encrypted_server_name: client.extensions.includes(Extension.EncryptedServerName),
      ...certificatesOf(request),
    }
  }
  if (response !== null && server !== null) {
    detail.server = {
      ...helloDetail(server),
      cipher_suite: cipherName(server.ciphers[0] ?? 0),
      hello_retry_request: server.isRetry,
      resumed: isResumed(response, client, server),
      client_certificate_requested: response.asksCertificate,
      ...certificatesOf(response),
    }
  }
  if (alerts.length > 0) {
    detail.alerts = alerts.map((alert) => ({
      from: alert.fromClient ? 'client' : 'server',
      level: alert.level === AlertLevel.Fatal ? 'fatal' : 'warning',
      description: alertName(alert),
    }))
  }
  return detail
}

function helloDetail(hello: Hello): object {
  return {
    version: versionName(hello.version),
    session_id_length: hello.sessionIdLength,
    extensions: hello.extensions,
    alpn: hello.alpn,
    ...(hello.broken ? { malformed: true } : {}),
  }
}

function certificatesOf(message: TlsMessage): { certificates?: readonly CertificateInfo[] } {
  return message.certificate.length === 0 ? {} : { certificates: readCertificates(message.certificate) }
}
