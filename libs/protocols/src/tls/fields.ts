import type { Field } from '../contract/field.ts'

const flags: readonly Field[] = [
  {
    variable: 'tls',
    type: 'bool',
    source: { protocolIn: ['tls'] },
    description: 'The entry is a TLS or SSL handshake',
    example: 'tls && elapsed_time > 100000',
  },
  {
    variable: 'tlsx',
    type: 'bool',
    source: { protocolIn: ['tls'] },
    description: 'Another name of `tls`',
    example: 'tlsx',
  },
  {
    variable: 'tls_decrypted',
    type: 'bool',
    source: { constant: false },
    description: 'The entry was read from decrypted TLS',
    example: 'http && !tls_decrypted',
  },
]

const texts: readonly Field[] = ['tls', 'tlsx'].flatMap((prefix): Field[] => [
  {
    variable: `${prefix}_summary`,
    type: 'string',
    source: { column: 'summary' },
    description: 'Server name, version, cipher suite and alerts in one line',
    example: `${prefix}_summary.contains("example.com")`,
  },
  {
    variable: `${prefix}_info`,
    type: 'string',
    source: { column: 'path' },
    description: 'What the handshake came to: version, cipher suite, application protocol, `resumed`, alerts',
    example: `${prefix}_info.contains("resumed")`,
  },
])

const sizes: readonly Field[] = [
  {
    variable: 'tls_request_size',
    type: 'int',
    source: { column: 'request_size' },
    description: 'Bytes of the ClientHello on the wire, with its records',
    example: 'tls_request_size > 1500',
  },
  {
    variable: 'tls_response_size',
    type: 'int',
    source: { column: 'response_size' },
    description: "Bytes of the server's answer on the wire, with its certificates",
    example: 'tls_response_size > 8000',
  },
  {
    variable: 'tls_total_size',
    type: 'int',
    source: { sum: ['request_size', 'response_size'] },
    description: 'Bytes of the ClientHello and its answer on the wire',
    example: 'tls_total_size > 10000',
  },
]

const parameters: readonly Field[] = [
  {
    variable: 'tlsx_sni',
    type: 'string',
    source: { column: 'host' },
    description: 'Server name that the client asks for',
    example: 'tlsx_sni.endsWith(".example.com")',
  },
  {
    variable: 'tlsx_alpn',
    type: 'string',
    source: { column: 'tls_alpn' },
    description: 'Application protocol that the server chose; else those that the client offers, with commas',
    example: 'tlsx_alpn.contains("h2")',
  },
  {
    variable: 'tlsx_version',
    type: 'int',
    source: { column: 'tls_version' },
    description: 'Version that was agreed upon as a number (769 is TLS 1.0, 772 TLS 1.3); else the highest offered',
    example: 'tls && tlsx_version < 771',
  },
  {
    variable: 'tlsx_cipher_suite',
    type: 'int',
    source: { column: 'tls_cipher_suite' },
    description: 'Number of the cipher suite that the server chose; 0 without an answer',
    example: 'tlsx_cipher_suite == 4865',
  },
  {
    variable: 'tlsx_cipher_suites',
    type: 'list<string>',
    source: { column: 'tls_cipher_suites' },
    description: 'Names of the cipher suites that the client offers',
    example: '"TLS_RSA_WITH_RC4_128_SHA" in tlsx_cipher_suites',
  },
  {
    variable: 'tls_ja3',
    type: 'string',
    source: { column: 'tls_ja3' },
    description: 'JA3 fingerprint of the client',
    example: 'tls_ja3 == "ada70206e40642a3e4461f35503241d5"',
  },
  {
    variable: 'tls_ja3s',
    type: 'string',
    source: { column: 'tls_ja3s' },
    description: 'JA3S fingerprint of the server',
    example: 'tls_ja3s == "eb1d94daa7e0344597e756a1fb6e7054"',
  },
  {
    variable: 'tls_ja4',
    type: 'string',
    source: { column: 'tls_ja4' },
    description: 'JA4 fingerprint of the client',
    example: 'tls_ja4.startsWith("t13d")',
  },
]

export const fields: readonly Field[] = [...flags, ...texts, ...sizes, ...parameters]
