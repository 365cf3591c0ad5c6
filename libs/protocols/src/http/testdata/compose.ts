/** Writes the captures of cases that real traffic shows rarely: `node compose.ts`. The same bytes in every run. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { pcapFile } from '@hindwire/packets/capture-writer.ts'
import { type TimedFrame, TcpSession } from '@hindwire/testkit/tcp-session.ts'

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: example.org\r\n\r\n`
const ok = (body: string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`
const LONG = 'abcdefghijklmnopqrstuvwxyz'.repeat(80)
/** Longer than a hole that the receiver has acknowledged is believed to be a reordering, µs. */
const LONG_ENOUGH = 500_000
/** Pairs that follow a loss: `/after/0` … */
function goOn(session: TcpSession, count = 3): TcpSession {
  for (let n = 0; n < count; n++) {
    session.wait(LONG_ENOUGH)
    session.client(get(`/after/${n}`)).server(ok(`after ${n}`))
  }
  return session.close()
}

const scenarios: Record<string, () => TcpSession> = {
  'early-response': () => {
    const upload = `POST /upload HTTP/1.1\r\nHost: h\r\nContent-Length: ${LONG.length}\r\n\r\n`
    const session = new TcpSession({ mss: 500 }).open().client(upload + LONG.slice(0, 700))
    session.server('HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n').client(LONG.slice(700))
    return goOn(session)
  },
  'head-in-single-bytes': () => {
    const session = new TcpSession({ mss: 1 }).open()
    return session.client('GET /b HTTP/1.1\r\nHost: h\r\n\r\n').server('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok').close()
  },
  'line-feeds-only': () => {
    const session = new TcpSession().open().client('\n\r\nGET /lf HTTP/1.0\nHost: h\nX-Empty:\n\n')
    return session.server('HTTP/1.0 200 OK\nContent-Length: 3\n\nyes').close()
  },
  'folded-and-repeated-fields': () => {
    const fields = 'Host: h\r\nX-Long: one,\r\n  two,\r\n\tthree\r\nAccept: a\r\naccept: b\r\nSpaced : value\r\nCookie: a=1; b=2; a=3'
    const session = new TcpSession().open().client(`GET /fields HTTP/1.1\r\n${fields}\r\n\r\n`)
    const folded = 'Transfer-Encoding:\r\n chunked\r\nSet-Cookie: x=1; HttpOnly\r\nSet-Cookie: y=2'
    return session.server(`HTTP/1.1 200\r\n${folded}\r\n\r\n002;x\r\nhi\r\n0000\r\n\r\n`).close()
  },
  'garbage-between-messages': () => {
    const session = new TcpSession().open().client(get('/1')).server(ok('one'))
    session.client('\u0000\u0001garbage\r\nmore garbage').client(`\r\n${get('/2')}`).server(ok('two'))
    return goOn(session.server('stray bytes, no status line\r\n'))
  },
  'refused-lines': () => {
    const session = new TcpSession({ mss: 500 }).open()
    for (const line of ['GET /HTTP/1.1', 'GET / HTTP/1.', 'M-SEARCH * HTTP/1.1', 'CCM_POST /x HTTP/1.1']) {
      session.client(`${line}\r\nHost: h\r\n\r\n`).server('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n')
    }
    return session.close()
  },
  'giant-head': () => {
    const session = new TcpSession({ mss: 1400 }).open()
    const many = Array.from({ length: 700 }, (_, n) => `X-${n}: ${n}\r\n`).join('')
    session.client(`GET /giant HTTP/1.1\r\nX-Giant: ${'g'.repeat(12_000)}\r\n${many}\r\n`).server(ok('big'))
    return session.close()
  },
  'retransmission-and-reordering': () => {
    const session = new TcpSession({ mss: 300 }).open().client(get('/1'), { repeat: [0] })
    session.server(ok(LONG), { order: [2, 0, 1], repeat: [1, 3] }).keepAlive('client').client(get('/2'))
    return session.server(ok(LONG.slice(0, 900)), { order: [3, 2, 1, 0] }).close()
  },
  'loss-in-body': () => {
    const session = new TcpSession({ mss: 300, acks: true }).open().client(get('/1')).server(ok(LONG), { lose: [2, 3] })
    const chunk = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n${LONG.slice(0, 1024)}\r\n0\r\n\r\n`
    return goOn(session.wait(LONG_ENOUGH).client(get('/2')).server(chunk, { lose: [1] }))
  },
  'loss-of-heads': () => {
    const session = new TcpSession({ mss: 300, acks: true }).open().client(get('/1')).server(ok(LONG), { lose: [0] })
    session.wait(LONG_ENOUGH).client(get('/2')).server(ok('two')).wait(LONG_ENOUGH)
    session.client(get('/3'), { lose: [0] }).server(ok('three'))
    return goOn(session)
  },
  'loss-in-pipeline': () => {
    const session = new TcpSession({ acks: true }).open().client(get('/1') + get('/2')).client(get('/3'), { lose: [0] })
    session.client(get('/4')).wait(LONG_ENOUGH)
    return goOn(session.server(ok('1')).server(ok('2')).server(ok('3')).server(ok('4')))
  },
  'mid-stream': () => goOn(new TcpSession({ acks: true }).server(`${LONG}the rest of a body\r\n`)),
  'requests-only': () => goOn(new TcpSession({ only: 'client' }).open()),
  'responses-only': () => goOn(new TcpSession({ only: 'server' }).open()),
  'unusual-port': () => goOn(new TcpSession({ server: { ip: '10.0.0.2', port: 5432 } }).open()),
  'sequence-wrap': () => goOn(new TcpSession({ mss: 200, clientSeq: 0xffff_ffc0, serverSeq: 0xffff_fff0 }).open()),
}

for (const [name, make] of Object.entries(scenarios)) {
  const frames: readonly TimedFrame[] = make().frames
  writeFileSync(join(import.meta.dirname, `${name}.pcap`), pcapFile(frames))
}
