/**
 * Records the captures of real traffic: Node's HTTP server, nginx and curl on the loopback interface.
 *
 *     node record.ts [scenario…]      needs tcpdump (and the right to capture), curl, nginx
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request, type ServerResponse, Agent } from 'node:http'
import { connect, createServer as createTcpServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'

const here = import.meta.dirname
const TEXT = 'The quick brown fox jumps over the lazy dog. '.repeat(20)
const codings: Record<string, Buffer> = {
  gzip: gzipSync(TEXT),
  br: brotliCompressSync(TEXT),
  zstd: zstdCompressSync(TEXT),
  deflate: deflateSync(TEXT),
}

function answer(req: IncomingMessage, res: ServerResponse): void {
  const { pathname, searchParams } = new URL(req.url ?? '/', 'http://localhost')
  const coding = searchParams.get('coding') ?? ''
  if (pathname === '/coded') res.writeHead(200, { 'content-encoding': coding }).end(codings[coding])
  else if (pathname === '/raw-deflate') res.writeHead(200, { 'content-encoding': 'deflate' }).end(deflateRawSync(TEXT))
  else if (pathname === '/two-codings')
    res.writeHead(200, { 'content-encoding': 'deflate, gzip' }).end(gzipSync(deflateSync(TEXT)))
  else if (pathname === '/bomb')
    res.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(4 << 20), { level: 9 }))
  else if (pathname === '/empty') res.writeHead(204).end()
  else if (pathname === '/same') res.writeHead(304, { etag: '"v1"', 'content-length': '11' }).end()
  else if (pathname === '/chunks') {
    res.writeHead(200, { 'content-type': 'text/plain', trailer: 'X-Sum' })
    for (const part of ['one ', 'two ', 'three']) res.write(part)
    res.addTrailers({ 'X-Sum': '13' })
    res.end()
  } else if (pathname === '/missing') res.writeHead(404, 'Not Here').end('no such page')
  else {
    const headers = { 'content-type': 'application/json', 'set-cookie': ['sid=1; Path=/', 'theme=dark'] }
    const body: Buffer[] = []
    req.on('data', (chunk: Buffer) => body.push(chunk))
    req.on('end', () => res.writeHead(200, headers).end(JSON.stringify({ size: Buffer.concat(body).length })))
  }
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

function curl(...options: string[]): Promise<unknown> {
  return once(spawn('curl', ['-s', '-o', '/dev/null', '--noproxy', '', ...options]), 'exit')
}

/** Sends text as it is, and waits until the server has answered and is silent, or has closed. */
async function raw(port: number, ...parts: string[]): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined).on('data', () => undefined)
  for (const part of parts) {
    socket.write(part)
    await sleep(60)
  }
  socket.end()
  await once(socket, 'close')
}

async function keepAlive(port: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const send = async (method: string, path: string, body = ''): Promise<void> => {
    const headers = { cookie: 'sid=1; theme=dark', 'content-type': 'application/json' }
    const req = request({ agent, host: '127.0.0.1', port, method, path, headers }).end(body)
    const [res] = (await once(req, 'response')) as [IncomingMessage]
    await once(res.resume(), 'end')
  }
  await send('GET', '/items?page=1&sort=name&empty=')
  await send('POST', '/items', '{"name":"pen"}')
  await send('PUT', '/items/1', '{"name":"ink"}')
  await send('PATCH', '/items/1', '{"name":"nib"}')
  await send('OPTIONS', '/items')
  await send('DELETE', '/items/1')
  await send('GET', '/missing')
  await send('GET', '/items?page=2')
  agent.destroy()
}

/** A proxy: CONNECT makes a tunnel, absolute targets are fetched. */
function makeProxy(): Server {
  const proxy = createServer((req, res) => {
    const target = new URL(req.url ?? '')
    const onward = request(target, { method: req.method ?? 'GET', headers: req.headers }, (from) => {
      res.writeHead(from.statusCode ?? 502, from.headers)
      from.pipe(res)
    })
    req.pipe(onward)
  })
  proxy.on('connect', (req, socket) => {
    const [, port] = (req.url ?? '').split(':')
    const onward = connect(Number(port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      socket.pipe(onward).pipe(socket)
    })
    onward.on('error', () => socket.destroy())
    socket.on('error', () => onward.destroy())
  })
  return proxy
}

async function tunnel(port: number, capture: (port: number) => Promise<() => Promise<void>>): Promise<void> {
  const proxy = makeProxy()
  const proxyPort = await listening(proxy)
  const stop = await capture(proxyPort)
  const origin = `http://127.0.0.1:${port}`
  await curl('-x', `http://127.0.0.1:${proxyPort}`, '-p', `${origin}/inside-the-tunnel`, `${origin}/second`)
  await curl('-x', `http://127.0.0.1:${proxyPort}`, `${origin}/absolute?form=1`)
  await stop()
  proxy.close()
}

async function upgrade(): Promise<Server> {
  const server = createServer(answer)
  server.on('upgrade', (_req, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nhello\r\n')
    socket.on('data', (data: Buffer) => socket.write(data))
    socket.on('end', () => socket.end())
  })
  return server
}

async function nginx(capture: (port: number) => Promise<() => Promise<void>>): Promise<void> {
  const port = 18_080
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'))
  mkdirSync(join(folder, 'www'))
  writeFileSync(join(folder, 'www', 'page.html'), `<html>${TEXT}</html>`)
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; pid ${folder}/pid; error_log /dev/null; user root;
     events {} http { access_log off; gzip on; gzip_min_length 1; types { text/html html; } server {
     listen 127.0.0.1:${port}; root ${folder}/www; location /old { return 301 /page.html; } } }`,
  )
  const server = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: 'ignore' })
  await sleep(500)
  const stop = await capture(port)
  const url = `http://127.0.0.1:${port}`
  await curl('--compressed', `${url}/page.html`, `${url}/old`, `${url}/nothing`, '-I', `${url}/page.html`)
  await curl('-r', '0-99', `${url}/page.html`)
  await curl('-0', `${url}/page.html`)
  await curl('-T', join(folder, 'nginx.conf'), `${url}/put`)
  await raw(port, 'BROKEN\r\n\r\n')
  await stop()
  server.kill()
}

/** Starts a capture of one port; what it returns ends it. */
async function record(name: string, port: number): Promise<() => Promise<void>> {
  const file = join(here, `${name}.pcap`)
  const dump = spawn('tcpdump', ['-i', 'lo', '-U', '-w', file, 'tcp', 'port', String(port)])
  // A scenario that fails must not leave its capture running.
  process.once('exit', () => dump.kill('SIGINT'))
  await once(dump.stderr, 'data')
  await sleep(300)
  return async () => {
    await sleep(700)
    dump.kill('SIGINT')
    await once(dump, 'exit')
  }
}

const requests = (...lines: string[]): string => lines.map((line) => `${line} HTTP/1.1\r\nHost: h\r\n\r\n`).join('')

type Scenario = (port: number) => Promise<unknown>
const withNode: Record<string, Scenario> = {
  'keep-alive': keepAlive,
  'pipelining': (port) =>
    raw(port, requests('GET /1', 'GET /2', 'HEAD /3', 'GET /chunks', 'GET /empty', 'GET /same', 'GET /7', 'GET /8')),
  'chunked-with-trailers': async (port) => {
    const chunks = '4;name=value\r\nWiki\r\n5\r\npedia\r\n0\r\nX-Sum: 9\r\n\r\n'
    await raw(port, `POST /up HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}${requests('GET /chunks')}`)
  },
  'content-codings': async (port) => {
    const coded = Object.keys(codings).map((coding) => `GET /coded?coding=${coding}`)
    await raw(port, ...[...coded, 'GET /raw-deflate', 'GET /two-codings', 'GET /bomb'].map((line) => requests(line)))
  },
  'no-content': (port) =>
    raw(port, ...['HEAD /', 'GET /empty', 'GET /same', 'HEAD /missing', 'GET /'].map((line) => requests(line))),
  'expect-continue': (port) =>
    curl('-H', 'Expect: 100-continue', '-d', TEXT, `http://127.0.0.1:${port}/upload`, `http://127.0.0.1:${port}/again`),
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2)
  const takes = (name: string): boolean => wanted.length === 0 || wanted.includes(name)
  const origin = createServer(answer)
  const port = await listening(origin)
  for (const [name, run] of Object.entries(withNode)) {
    if (!takes(name)) continue
    const stop = await record(name, port)
    await run(port)
    await stop()
  }
  if (takes('connect-and-absolute')) await tunnel(port, (at) => record('connect-and-absolute', at))
  origin.close()
  if (takes('upgrade')) {
    const server = await upgrade()
    const at = await listening(server)
    const stop = await record('upgrade', at)
    await raw(at, 'GET /echo HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n', 'ping\r\n')
    await stop()
    server.close()
  }
  if (takes('until-close')) {
    const server = createTcpServer((socket) => {
      socket.once('data', () => socket.end(`HTTP/1.0 200 OK\r\nServer: old\r\n\r\n${TEXT}`))
    })
    const at = await listening(server)
    const stop = await record('until-close', at)
    for (let n = 0; n < 2; n++) await curl('-0', `http://127.0.0.1:${at}/old/${n}`)
    await stop()
    server.close()
  }
  if (takes('nginx') && spawnSync('nginx', ['-v']).status === 0) await nginx((at) => record('nginx', at))
}

await main()
