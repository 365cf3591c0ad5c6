import type { Protocol } from '../contract/protocol.ts'
import { detect, sender } from './detect.ts'
import { fields } from './fields.ts'
import { Http2Session } from './session.ts'
import { summarize } from './summarize.ts'
import type { Http2Message } from './types.ts'

/** HTTP/2 (RFC 9113), and gRPC over it: a call is a stream whose content type says so. */
export const http2: Protocol<Http2Message> = {
  name: 'http2',
  entryProtocols: ['http2', 'grpc'],
  title: 'HTTP/2',
  transports: ['tcp'],
  ports: [50051],
  // Before the text protocols: the preface and the frame headers are strict, and nothing else is held up by them.
  priority: 40,
  fields,
  detect,
  sender,
  open: (link) => new Http2Session(link),
  summarize,
}
