/** Writes the capture that no server gives: `node compose.ts`. The same bytes in every run. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { pcapFile } from '@hindwire/packets/capture-writer.ts'
import { TcpSession } from '@hindwire/testkit/tcp-session.ts'

import { frame, MASK_KEY } from './build-frame.ts'

/** Frames without the HTTP handshake, as behind a proxy that made it on another connection. */
const session = new TcpSession({ server: { ip: '192.0.2.80', port: 8080 } }).open()
for (let n = 0; n < 8; n++) {
  session.client(frame(1, `{"ask":${n}}`, { mask: [...MASK_KEY] })).server(frame(1, `{"answer":"ünïcode ${n}"}`))
}
writeFileSync(join(import.meta.dirname, 'frames-only.pcap'), pcapFile(session.close().frames))
