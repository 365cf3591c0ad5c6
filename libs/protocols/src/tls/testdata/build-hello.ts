/** Bytes of hellos and records for tests and composed captures. */

const u16 = (value: number): number[] => [value >> 8, value & 0xff]
const sized16 = (bytes: readonly number[]): number[] => [...u16(bytes.length), ...bytes]

export interface HelloOptions {
  readonly name?: string
  readonly version?: number
  readonly ciphers?: readonly number[]
  readonly alpn?: readonly string[]
}

export function record(type: number, body: readonly number[]): Uint8Array {
  return Uint8Array.from([type, 3, 1, ...sized16(body)])
}

export function handshake(type: number, body: readonly number[]): number[] {
  return [type, 0, ...sized16(body)]
}

/** A ClientHello message with its header. */
export function clientHello(options: HelloOptions = {}): number[] {
  const { name = 'example.test', version = 0x0303, ciphers = [0x0a0a, 0xc02f, 0x009c], alpn = [] } = options
  const host = [...Buffer.from(name)]
  const names = alpn.flatMap((each) => [each.length, ...Buffer.from(each)])
  const extensions = [
    [...u16(0x1a1a), 0, 0],
    name === '' ? [] : [0, 0, ...sized16(sized16([0, ...sized16(host)]))],
    [0, 10, ...sized16(sized16([0x2a, 0x2a, 0, 29, 0, 23]))],
    [0, 11, ...sized16([1, 0])],
    [0, 13, ...sized16(sized16([4, 3, 8, 4]))],
    alpn.length === 0 ? [] : [0, 16, ...sized16(sized16(names))],
  ].flat()
  const random = Array.from({ length: 32 }, (_, at) => at)
  const suites = sized16(ciphers.flatMap(u16))
  return handshake(1, [...u16(version), ...random, 0, ...suites, 1, 0, ...sized16(extensions)])
}

/** A ServerHello message with its header. */
export function serverHello(cipher: number, extensions: readonly number[] = []): number[] {
  const random = Array.from({ length: 32 }, (_, at) => 64 + at)
  return handshake(2, [3, 3, ...random, 0, ...u16(cipher), 0, ...sized16(extensions)])
}
