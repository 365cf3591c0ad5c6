/** SVCB and HTTPS records (RFC 9460) as text. */
import { serviceParameterName } from './constants.ts'
import { quotedText } from './data-text.ts'
import { MAX_SHOWN_ITEMS } from './limits.ts'
import { RecordData } from './record-data.ts'

const parameter = new RecordData()

/** Priority, target, then parameters as `key=value`. A parameter that breaks its own rules is shown as bytes. */
export function serviceText(data: RecordData): string {
  let text = `${data.u16()} ${data.name()}`
  for (let n = 0; data.remaining > 0 && !data.overrun; n++) {
    const key = data.u16()
    const length = data.u16()
    const at = data.take(length)
    if (at < 0) break
    if (n < MAX_SHOWN_ITEMS) text += ` ${parameterText(key, data.bytes, at, at + length)}`
  }
  return text
}

function parameterText(key: number, bytes: Uint8Array, start: number, end: number): string {
  const name = serviceParameterName(key)
  parameter.reset(bytes, start, end)
  const value = valueText(key, parameter)
  if (parameter.overrun || parameter.remaining > 0) return `${name}=${quotedText(bytes, start, end)}`
  return value === '' ? name : `${name}=${value}`
}

function valueText(key: number, value: RecordData): string {
  switch (key) {
    case 0:
      return list(value, () => serviceParameterName(value.u16()))
    case 1:
      return list(value, () => value.quoted().slice(1, -1))
    case 2:
    case 8:
      return ''
    case 3:
      return String(value.u16())
    case 4:
      return list(value, () => value.ipv4())
    case 5:
      return value.base64(value.remaining)
    case 6:
      return list(value, () => value.ipv6())
    default: {
      const at = value.take(value.remaining)
      return at < 0 ? '' : quotedText(value.bytes, at, value.end)
    }
  }
}

function list(value: RecordData, item: () => string): string {
  const items: string[] = []
  while (value.remaining > 0 && !value.overrun && items.length < MAX_SHOWN_ITEMS) items.push(item())
  value.skipRest()
  return items.join(',')
}
