import { hash } from 'node:crypto'

import { Extension, isGrease, TLS_1_3 } from './constants.ts'
import { type Hello, offeredVersion } from './parse.ts'

const isUsed = (value: number): boolean => !isGrease(value)
const joined = (list: readonly number[]): string => list.filter(isUsed).join('-')

/** MD5 of version, cipher suites, extensions, groups and point formats (salesforce/ja3), without GREASE. */
export function ja3(hello: Hello): string {
  const { version, ciphers, extensions, groups, pointFormats } = hello
  const text = `${version},${joined(ciphers)},${joined(extensions)},${joined(groups)},${pointFormats.join('-')}`
  return hash('md5', text)
}

/** MD5 of version, cipher suite and extensions of the ServerHello. */
export function ja3s(hello: Hello): string {
  return hash('md5', `${hello.version},${hello.ciphers[0] ?? 0},${hello.extensions.join('-')}`)
}

const versionCodes: Readonly<Record<number, string>> = {
  0x0002: 's2',
  0x0300: 's3',
  0x0301: '10',
  0x0302: '11',
  0x0303: '12',
  [TLS_1_3]: '13',
}

/** FoxIO JA4, of TLS over TCP: `t13d1516h2_8daaf6152771_e5627efa2ab1`. */
export function ja4(hello: Hello): string {
  const ciphers = hello.ciphers.filter(isUsed)
  const extensions = hello.extensions.filter(isUsed)
  const version = versionCodes[offeredVersion(hello)] ?? '00'
  const target = hello.extensions.includes(Extension.ServerName) ? 'd' : 'i'
  const counts = `${count(ciphers)}${count(extensions)}`
  const alpn = alpnCode(hello.alpn[0] ?? '')
  const sorted = extensions.filter((type) => type !== Extension.ServerName && type !== Extension.Alpn).map(hex4)
  const signatures = hello.signatures.filter(isUsed).map(hex4).join(',')
  const tail = sorted.toSorted().join(',') + (signatures === '' ? '' : `_${signatures}`)
  return `t${version}${target}${counts}${alpn}_${digest(ciphers.map(hex4).toSorted().join(','))}_${digest(tail)}`
}

function count(list: readonly number[]): string {
  return String(Math.min(99, list.length)).padStart(2, '0')
}

const ends = (text: string): string => `${text.at(0)}${text.at(-1)}`

/** First and last character of the first name; of its hexadecimal form where they are not alphanumeric. */
function alpnCode(name: string): string {
  if (name === '') return '00'
  return /^[0-9A-Za-z]{2}$/u.test(ends(name)) ? ends(name) : ends(Buffer.from(name, 'latin1').toString('hex'))
}

function hex4(value: number): string {
  return value.toString(16).padStart(4, '0')
}

function digest(text: string): string {
  return text === '' ? '000000000000' : hash('sha256', text).slice(0, 12)
}
