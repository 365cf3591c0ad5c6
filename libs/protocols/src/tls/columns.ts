import { column } from '../contract/column.ts'

/** Columns that only TLS needs. */
export const TlsColumns = {
  version: column('tls_version', 'u16', 'negotiated TLS version as a number (0x0303 is TLS 1.2); else the offered one'),
  cipherSuite: column('tls_cipher_suite', 'u16', 'number of the chosen cipher suite; 0 without one'),
  cipherSuites: column('tls_cipher_suites', 'labels', 'cipher suites that the client offers, by name'),
  alpn: column('tls_alpn', 'label', 'chosen application protocol; else those that the client offers'),
  ja3: column('tls_ja3', 'label', 'JA3 fingerprint of the ClientHello'),
  ja3s: column('tls_ja3s', 'label', 'JA3S fingerprint of the ServerHello'),
  ja4: column('tls_ja4', 'label', 'JA4 fingerprint of the ClientHello'),
} as const
