import { u24be } from '@hindwire/bytes/endian.ts'
import { formatIp } from '@hindwire/bytes/format-ip.ts'
import { latin1, utf8 } from '@hindwire/bytes/text.ts'

import { type Element, elementAt, elementsOf, objectIdentifier, Tag } from './der.ts'
import { MAX_CERTIFICATES, MAX_NAME_BYTES, MAX_NAMES } from './limits.ts'

/** What is told of a certificate. Times are ISO 8601, UTC; names as in RFC 4514. */
export interface CertificateInfo {
  readonly subject: string
  readonly issuer: string
  readonly serial: string
  readonly not_before: string
  readonly not_after: string
  readonly names: readonly string[]
}

/** Attribute types of distinguished names (RFC 4514, section 3, and what certificates use besides). */
const attributeNames: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'street',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.13': 'description',
  '2.5.4.15': 'businessCategory',
  '2.5.4.17': 'postalCode',
  '2.5.4.42': 'GN',
  '2.5.4.97': 'organizationIdentifier',
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
  '1.3.6.1.4.1.311.60.2.1.1': 'jurisdictionL',
  '1.3.6.1.4.1.311.60.2.1.2': 'jurisdictionST',
  '1.3.6.1.4.1.311.60.2.1.3': 'jurisdictionC',
}
const SUBJECT_ALTERNATIVE_NAME = '2.5.29.17'
/** GeneralName: rfc822Name [1], dNSName [2], uniformResourceIdentifier [6], iPAddress [7] (RFC 5280, section 4.2.1.6). */
const GeneralName = { Mail: 0x81, Dns: 0x82, Uri: 0x86, Ip: 0x87 } as const

/** A Certificate message: opaque certificate_list<0..2^24-1> of certificates with a length of 24 bits each. */
export function readCertificates(message: Uint8Array): CertificateInfo[] {
  const list: CertificateInfo[] = []
  let at = 3
  while (at + 3 <= message.length && list.length < MAX_CERTIFICATES) {
    const start = at + 3
    at = start + u24be(message, at)
    const info = readCertificate(message, start, Math.min(at, message.length))
    if (info !== null) list.push(info)
  }
  return list
}

/** Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signature } (RFC 5280, section 4.1). */
function readCertificate(bytes: Uint8Array, start: number, end: number): CertificateInfo | null {
  const outer = elementAt(bytes, start, end)
  const tbs = outer === null ? null : elementAt(bytes, outer.start, outer.end)
  if (tbs === null || tbs.tag !== Tag.Sequence) return null
  const parts = elementsOf(bytes, tbs, 12)
  if (parts[0]?.tag === Tag.Version) parts.shift()
  const [serial, , issuer, validity, subject] = parts
  if (serial === undefined || issuer === undefined || validity === undefined || subject === undefined) return null
  const [notBefore, notAfter] = elementsOf(bytes, validity, 2)
  const extensions = parts.find(({ tag }) => tag === Tag.Extensions)
  return {
    subject: distinguishedName(bytes, subject),
    issuer: distinguishedName(bytes, issuer),
    serial: Buffer.from(bytes.subarray(serial.start, Math.min(serial.end, serial.start + 32))).toString('hex'),
    not_before: timeText(bytes, notBefore),
    not_after: timeText(bytes, notAfter),
    names: extensions === undefined ? [] : alternativeNames(bytes, extensions),
  }
}

/** RDNSequence; written from its end (RFC 4514, section 2.1). */
function distinguishedName(bytes: Uint8Array, name: Element): string {
  const parts: string[] = []
  for (const set of elementsOf(bytes, name, MAX_NAMES)) {
    const values: string[] = []
    for (const attribute of elementsOf(bytes, set, MAX_NAMES)) {
      const [type, value] = elementsOf(bytes, attribute, 2)
      if (type === undefined || value === undefined) continue
      const id = objectIdentifier(bytes, type)
      values.push(`${attributeNames[id] ?? id}=${escaped(stringText(bytes, value))}`)
    }
    parts.push(values.join('+'))
  }
  return parts.toReversed().join(',')
}

function escaped(value: string): string {
  return value.replaceAll(/[,+"\\<>;]|^[ #]| $/g, String.raw`\$&`)
}

function stringText(bytes: Uint8Array, { tag, start, end }: Element): string {
  const last = Math.min(end, start + MAX_NAME_BYTES)
  if (tag !== Tag.BmpString) return utf8(bytes, start, last)
  let text = ''
  for (let at = start; at + 1 < last; at += 2) {
    text += String.fromCharCode((bytes[at] as number) * 256 + (bytes[at + 1] as number))
  }
  return text
}

/** UTCTime has years of two digits: 50 to 99 are those of the last century (RFC 5280, section 4.1.2.5.1). */
function timeText(bytes: Uint8Array, element: Element | undefined): string {
  if (element === undefined) return ''
  const text = latin1(bytes, element.start, Math.min(element.end, element.start + 24))
  const long = element.tag === Tag.GeneralizedTime ? text : `${text < '50' ? '20' : '19'}${text}`
  const found = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?/u.exec(long)
  if (found === null) return text
  const [, year, month, day, hour, minute, second] = found
  return `${year}-${month}-${day}T${hour}:${minute}:${second ?? '00'}Z`
}

/** Extensions ::= SEQUENCE OF SEQUENCE { extnID, critical DEFAULT FALSE, extnValue OCTET STRING }. */
function alternativeNames(bytes: Uint8Array, extensions: Element): string[] {
  const list = elementAt(bytes, extensions.start, extensions.end)
  if (list === null) return []
  for (const extension of elementsOf(bytes, list, MAX_NAMES)) {
    const parts = elementsOf(bytes, extension, 3)
    const value = parts.at(-1)
    if (parts[0] === undefined || value === undefined || value.tag !== Tag.OctetString) continue
    if (objectIdentifier(bytes, parts[0]) !== SUBJECT_ALTERNATIVE_NAME) continue
    const names = elementAt(bytes, value.start, value.end)
    return names === null ? [] : elementsOf(bytes, names, MAX_NAMES).flatMap((name) => generalName(bytes, name))
  }
  return []
}

function generalName(bytes: Uint8Array, { tag, start, end }: Element): string[] {
  if (tag === GeneralName.Ip) return addressText(bytes, start, end)
  if (tag !== GeneralName.Dns && tag !== GeneralName.Mail && tag !== GeneralName.Uri) return []
  return [utf8(bytes, start, Math.min(end, start + MAX_NAME_BYTES))]
}

function addressText(bytes: Uint8Array, start: number, end: number): string[] {
  if (end - start === 4) return [Array.from(bytes.subarray(start, end)).join('.')]
  if (end - start !== 16) return []
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, 16)
  return [formatIp(view.getUint32(0), view.getUint32(4), view.getUint32(8), view.getUint32(12))]
}
