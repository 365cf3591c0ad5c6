import { createHash, timingSafeEqual } from 'node:crypto'
import { BlockList, isIP } from 'node:net'

import { AppError } from '@hindwire/service-kit/app-error.ts'
import type { Context } from 'koa'

import type { GatewaySettings } from '../settings.ts'

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

/** True of addresses and names that only this machine can reach. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase()
  const family = isIP(bare)
  if (family !== 0) return LOOPBACK.check(bare, family === 6 ? 'ipv6' : 'ipv4')
  return bare === 'localhost' || bare.endsWith('.localhost')
}

/**
 * Who may ask. With a token: who has it. Without one the server listens on loopback only, and asks that `Host` and
 * `Origin` be of loopback, too: a page of another site must not reach it through a name that it points at 127.0.0.1
 * (DNS rebinding), nor by a form that it sends there.
 */
export class Access {
  readonly #token: Buffer | null
  readonly #allowed: ReadonlySet<string>

  /** @throws AppError `token_required` for an open door: another address than loopback, and no token */
  constructor({ host, token, allowedHosts }: GatewaySettings) {
    if (token === '' && !isLoopback(host)) {
      const text = `Listening on ${host} needs a token. Set HINDWIRE_TOKEN, or listen on 127.0.0.1.`
      throw new AppError('token_required', 500, text)
    }
    this.#token = token === '' ? null : digest(token)
    this.#allowed = new Set(allowedHosts.map((name) => name.toLowerCase()))
  }

  /** @throws AppError `unauthorized` (401), `host_refused`, `origin_refused` (403) */
  check(koa: Context): void {
    const origin = koa.get('Origin')
    if (origin !== '' && !this.#isOwnOrigin(origin, koa.host)) {
      const text = `Requests of pages from ${JSON.stringify(origin.slice(0, 200))} are not answered.`
      throw new AppError('origin_refused', 403, text)
    }
    if (this.#token !== null) {
      this.#checkToken(koa, this.#token)
      return
    }
    const name = hostName(koa.host)
    if (isLoopback(name) || this.#allowed.has(name)) return
    const text = `The name ${JSON.stringify(name.slice(0, 200))} is not one of this server. Ask 127.0.0.1, or allow it.`
    throw new AppError('host_refused', 403, text)
  }

  #checkToken(koa: Context, token: Buffer): void {
    const [, given] = /^Bearer +(\S+) *$/i.exec(koa.get('Authorization')) ?? []
    // Digests are of one length, so that the comparison takes the same time whatever is given.
    if (given !== undefined && timingSafeEqual(digest(given), token)) return
    koa.set('WWW-Authenticate', 'Bearer realm="hindwire"')
    const text =
      given === undefined ? 'This server wants a token: send Authorization: Bearer ….' : 'The token is wrong.'
    throw new AppError('unauthorized', 401, text)
  }

  #isOwnOrigin(origin: string, host: string): boolean {
    if (!URL.canParse(origin)) return false
    const url = new URL(origin)
    if (url.host === host.toLowerCase() || this.#allowed.has(url.hostname)) return true
    return isLoopback(url.hostname) && isLoopback(hostName(host))
  }
}

function hostName(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase()
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
