/** Writes the captures: `node compose.ts`. The same bytes in every run. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { pcapFile } from '@hindwire/packets/capture-writer.ts'
import { type Endpoint, udpFrame } from '@hindwire/testkit/packet-builder.ts'
import { SESSION_TIME, type TimedFrame, TcpSession } from '@hindwire/testkit/tcp-session.ts'

import { framed, message, name, question, record } from './build-message.ts'

const A = 1
const AAAA = 28
const PTR = 12
const client: Endpoint = { ip: '192.0.2.10', port: 40_001 }
const server: Endpoint = { ip: '192.0.2.53', port: 53 }

const ask = (id: number, owner: string, type = A): Uint8Array => message({ id, questions: [question(owner, type)] })

function tell(id: number, owner: string, flags = 0x8180, addresses = ['c0000207']): Uint8Array {
  const answers = addresses.map((address) => record('@12', A, address))
  return message({ id, flags, questions: [question(owner, A)], answers })
}

function datagrams(...said: readonly (readonly [Endpoint, Endpoint, Uint8Array])[]): TimedFrame[] {
  return said.map(([from, to, payload], at) => ({
    time: SESSION_TIME + at * 1000,
    bytes: udpFrame(from, to, payload),
  }))
}

function overTcp(): TimedFrame[] {
  const owner = 'big.example.org'
  const early = datagrams([client, server, ask(7, owner)], [server, client, tell(7, owner, 0x8380, [])])
  const session = new TcpSession({ client, server, time: SESSION_TIME + 5000 }).open()
  session.client(framed(ask(7, owner))).server(framed(tell(7, owner, 0x8180, ['c0000201', 'c0000202', 'c0000203'])))
  for (let id = 20; id < 28; id++) {
    session.client(framed(ask(id, `n${id}.example.org`))).server(framed(tell(id, `n${id}.example.org`)))
  }
  session.client(Buffer.concat([framed(ask(30, 'x.example.org')), framed(ask(31, 'y.example.org'))]))
  session.server(framed(tell(31, 'y.example.org'))).server(framed(tell(30, 'x.example.org')))
  return [...early, ...session.close().frames]
}

function multicast(): TimedFrame[] {
  const group = { ip: '224.0.0.251', port: 5353 }
  const self = { ip: '192.0.2.10', port: 5353 }
  const service = '_http._tcp.local'
  const announced = message({ id: 0, flags: 0x8400, answers: [record(service, PTR, name(`printer.${service}`), 120)] })
  return datagrams(
    [self, group, message({ id: 0, flags: 0, questions: [question(service, PTR)] })],
    [{ ip: '192.0.2.20', port: 5353 }, group, announced],
    [client, { ip: '224.0.0.252', port: 5355 }, message({ id: 9, flags: 0, questions: [question('wpad', A)] })],
  )
}

const scenarios: Record<string, () => TimedFrame[]> = {
  'queries-and-answers': () =>
    datagrams(
      [client, server, ask(1, 'www.example.com')],
      [client, server, ask(2, 'www.example.com', AAAA)],
      [client, server, ask(3, 'missing.example.com')],
      [server, client, tell(3, 'missing.example.com', 0x8183, [])],
      [server, client, tell(1, 'www.example.com')],
      [client, server, ask(4, 'lost.example.com')],
      [server, client, message({ id: 2, flags: 0x8180, questions: [question('www.example.com', AAAA)] })],
    ),
  'over-tcp': overTcp,
  multicast,
}

for (const [scenario, make] of Object.entries(scenarios)) {
  writeFileSync(join(import.meta.dirname, `${scenario}.pcap`), pcapFile(make()))
}
