import { z } from 'zod'

import { checkAnnounced } from '../http/read-body.ts'
import { param, route } from '../http/route.ts'
import { inspectUpload } from '../inspect-upload.ts'
import { captureAnswer } from '../snapshot-answer.ts'

/** Node of files of which nobody says where they were captured. */
const DEFAULT_NODE = 'local'

export const putCapture = route({
  method: 'PUT',
  path: '/mcp/snapshots/:name/captures/:file',
  description: 'Adds a capture file (pcap, pcapng, also .gz and .zst) to a snapshot, which is created when it is new.',
  query: z.strictObject({
    node: z.string().default(DEFAULT_NODE).describe('Node that captured it; the first part of the ids of its calls.'),
  }),
  async handle(request, { snapshots, settings, metrics }) {
    const snapshot = param(request, 'name')
    const file = param(request, 'file')
    const { req } = request.koa
    checkAnnounced(req, settings.maxUploadBytes)
    const result = await snapshots.upload({
      snapshot,
      file,
      node: request.query.node,
      body: req.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>,
      maxBytes: settings.maxUploadBytes,
      signal: request.signal,
      inspect: inspectUpload,
    })
    metrics.counter('uploaded_bytes_total', 'Bytes of capture files taken in.').inc(result.file.bytes)
    const { name: _name, ...facts } = captureAnswer(result.file)
    return { status: 201, json: { success: true, name: snapshot, file, ...facts } }
  },
})
