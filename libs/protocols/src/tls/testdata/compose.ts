/** Writes the captures that no server gives: `node compose.ts`. The same bytes in every run. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { pcapFile } from '@hindwire/packets/capture-writer.ts'
import { type TimedFrame, TcpSession } from '@hindwire/testkit/tcp-session.ts'

import { clientHello, handshake, record, serverHello } from './build-hello.ts'

const HANDSHAKE = 22
const client = { ip: '192.0.2.10', port: 40_001 }
const server = { ip: '192.0.2.44', port: 443 }
const sealed = (length: number): Uint8Array => record(23, Array.from({ length }, (_, at) => (at * 37) & 0xff))

/** A client that asks again, on one connection, until the server likes what it offers. */
function refusedOften(): TimedFrame[] {
  const session = new TcpSession({ client, server }).open()
  for (let n = 0; n < 9; n++) {
    session.client(record(HANDSHAKE, clientHello({ name: `try-${n}.example.test`, ciphers: [0x1301 + n, 0xc02f] })))
    session.server(record(21, [2, n % 2 === 0 ? 40 : 70]))
  }
  session.client(record(HANDSHAKE, clientHello({ name: 'last.example.test' })))
  session.server(record(HANDSHAKE, [...serverHello(0xc02f), ...handshake(14, [])]))
  return session.close().frames
}

/** A ClientHello in five records, a ServerHello and a ServerHelloDone in two, cut within their headers. */
function smallRecords(): TimedFrame[] {
  const session = new TcpSession({ client, server }).open()
  const hello = clientHello({ name: 'small.example.test', alpn: ['h2', 'http/1.1'] })
  const flight = [...serverHello(0x009c), ...handshake(14, [])]
  const cut = [0, 39, 40, 41, 60, hello.length]
  for (let n = 1; n < cut.length; n++) session.client(record(HANDSHAKE, hello.slice(cut[n - 1], cut[n])))
  session.server(record(HANDSHAKE, flight.slice(0, 43))).server(record(HANDSHAKE, flight.slice(43)))
  session.client(record(20, [1])).server(record(20, [1])).client(sealed(80)).server(sealed(400))
  return session.close().frames
}

/** The hello of clients that still offered SSL 2.0, answered with TLS 1.0. */
function ssl2Hello(): TimedFrame[] {
  const ciphers = [0x01, 0x00, 0x80, 0x00, 0x00, 0x2f, 0x00, 0x00, 0x35]
  const body = [1, 3, 1, 0, ciphers.length, 0, 0, 0, 16, ...ciphers, ...Array.from({ length: 16 }, (_, at) => at)]
  const session = new TcpSession({ client, server }).open()
  session.client(Uint8Array.from([0x80, body.length, ...body]))
  session.server(record(HANDSHAKE, [...serverHello(0x002f), ...handshake(14, [])]))
  session.client(record(20, [1])).server(record(20, [1])).client(sealed(64)).server(sealed(64))
  return session.close().frames
}

const scenarios: Record<string, () => TimedFrame[]> = {
  'refused-often': refusedOften,
  'small-records': smallRecords,
  'ssl2-hello': ssl2Hello,
}
for (const [name, make] of Object.entries(scenarios)) {
  writeFileSync(join(import.meta.dirname, `${name}.pcap`), pcapFile(make()))
}
