import { services } from './cluster.ts'
import type { Pod } from './cluster.ts'
import type { World } from './connection.ts'
import { dnsQuery, dnsResponse, RecordType, ResponseCode } from './dns-message.ts'

/** `options timeout:1` in the pods' resolv.conf, µs. */
const RETRY_AFTER = 1_000_000

/**
 * Looks a name up as glibc does: A and AAAA at the same time from one port, and again when an answer does not come.
 * @param address what the A record says; left out for a name that does not exist
 * @returns when the pod has both answers
 */
export function lookUp(world: World, pod: Pod, time: number, name: string, address?: string): number {
  const { dice, truth, wire } = world
  const client = { ip: pod.ip, port: dice.between(32_768, 60_999) }
  const server = { ip: services.dns.clusterIp, port: services.dns.port }
  const code = address === undefined ? ResponseCode.NameError : ResponseCode.NoError
  const isLost = dice.chance(0.02)
  let done = time
  for (const type of [RecordType.A, RecordType.AAAA]) {
    const id = dice.between(1, 0xffff)
    wire.udp(time, client, server, dnsQuery(id, name, type))
    if (isLost && type === RecordType.A) {
      truth.dnsCall('none')
      continue
    }
    truth.dnsCall(code === ResponseCode.NoError ? 'NOERROR' : 'NXDOMAIN')
    const answer = type === RecordType.A && address !== undefined ? { code, address } : { code }
    const at = time + dice.latency(420)
    wire.udp(at, server, client, dnsResponse(id, name, type, answer))
    done = Math.max(done, at)
  }
  return isLost ? lookUp(world, pod, time + RETRY_AFTER, name, address) : done + 30
}
