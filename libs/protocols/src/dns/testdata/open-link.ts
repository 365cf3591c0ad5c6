import type { Link } from '../../contract/session.ts'

/** A connection's end for a session under test. */
export function openLink(transport: 'tcp' | 'udp', serverPort = 53, stalled = false): Link {
  return {
    consumed: 0,
    message: null,
    reason: '',
    upgrade: '',
    serverPort,
    transport,
    time: 0,
    stalled: () => stalled,
    stamp() {},
    maxBodyBytes: 65_536,
  }
}
