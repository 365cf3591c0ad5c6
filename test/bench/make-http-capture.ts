import { once } from 'node:events'
import { createWriteStream } from 'node:fs'

import { TcpSession } from '@hindwire/testkit/tcp-session.ts'

/** Connections that are alive at the same time. */
const CONCURRENT = 300
const CALLS_PER_CONNECTION = 96
const START = 1_700_000_000_000_000

const requestHead = (path: string): string =>
  `GET ${path} HTTP/1.1\r\nHost: shop.example\r\nUser-Agent: bench/1.0 (load generator)\r\nAccept: application/json\r\n` +
  `Accept-Encoding: identity\r\nX-Request-Id: 5f2b9c3e-8d4a-4b0e-9f0b-2c7d1e6a5b4f\r\nCookie: session=8f14e45fceea167a\r\n\r\n`
const body = JSON.stringify({
  id: 1234,
  name: 'An article of the shop',
  price: 19.99,
  stock: 12,
  tags: ['a', 'b', 'c'],
  next: '/api/articles/1235',
})
const response = (status: string): string =>
  `HTTP/1.1 ${status}\r\nDate: Tue, 14 Nov 2023 22:13:20 GMT\r\nServer: shop/2.1\r\nContent-Type: application/json\r\n` +
  `Content-Length: ${body.length}\r\nCache-Control: no-store\r\nX-Trace: 4bf92f3577b34da6a3ce929d0e0e4736\r\nConnection: keep-alive\r\n\r\n${body}`

interface Run {
  readonly session: TcpSession
  next: number
  calls: number
}

/**
 * Writes a capture of keep-alive HTTP/1.1 connections: about `megabytes` MB, a quarter of the packets pure
 * acknowledgements, 1 % errors. The same bytes each time.
 */
export async function makeHttpCapture(path: string, megabytes: number): Promise<{ calls: number; packets: number }> {
  const out = createWriteStream(path)
  const header = Buffer.alloc(24)
  header.writeUInt32LE(0xa1b2c3d4, 0)
  header.writeUInt16LE(2, 4)
  header.writeUInt16LE(4, 6)
  header.writeUInt32LE(262144, 16)
  header.writeUInt32LE(1, 20)
  out.write(header)
  let written = 24
  let packets = 0
  let calls = 0
  let opened = 0
  let time = START
  const open = (): Run => {
    const n = opened++
    const client = { ip: `10.${1 + ((n >> 14) & 63)}.${(n >> 7) & 127}.${1 + (n & 127)}`, port: 20000 + (n % 40000) }
    const session = new TcpSession({
      client,
      server: { ip: `10.200.0.${1 + (n % 20)}`, port: 8080 },
      time: 0,
      step: 0,
      acks: true,
    })
    session.open()
    return { session, next: 0, calls: 0 }
  }
  const runs = Array.from({ length: CONCURRENT }, open)
  const limit = megabytes * 1_000_000
  while (written < limit) {
    for (let at = 0; at < runs.length && written < limit; at++) {
      const run = runs[at] as Run
      if (run.calls === CALLS_PER_CONNECTION) {
        run.session.close()
      } else {
        const n = calls++
        run.session
          .client(requestHead(`/api/articles/${n % 5000}?page=${n % 7}`))
          .server(response(n % 100 === 0 ? '503 Service Unavailable' : '200 OK'))
        run.calls++
      }
      const chunks: Buffer[] = []
      for (const frame of run.session.frames.splice(0)) {
        const record = Buffer.alloc(16)
        time += 20
        record.writeUInt32LE(Math.floor(time / 1e6), 0)
        record.writeUInt32LE(time % 1e6, 4)
        record.writeUInt32LE(frame.bytes.length, 8)
        record.writeUInt32LE(frame.bytes.length, 12)
        chunks.push(record, Buffer.from(frame.bytes))
        packets++
      }
      const joined = Buffer.concat(chunks)
      written += joined.length
      if (!out.write(joined)) await once(out, 'drain')
      if (run.calls === CALLS_PER_CONNECTION && chunks.length > 0 && run.next++ > 0) runs[at] = open()
    }
  }
  out.end()
  await once(out, 'finish')
  return { calls, packets }
}
