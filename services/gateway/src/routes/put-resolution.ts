import { readNames } from '@hindwire/names/read-names.ts'
import { AppError } from '@hindwire/service-kit/app-error.ts'

import { noQuery } from '../http/parse-query.ts'
import { readText } from '../http/read-body.ts'
import { param, route } from '../http/route.ts'

export const putResolution = route({
  method: 'PUT',
  path: '/mcp/snapshots/:name/resolution',
  description: 'Name records of a snapshot: own records, or `kubectl get pods,services,nodes,endpoints -A -o json`.',
  query: noQuery,
  async handle(request, { snapshots, settings }) {
    const name = param(request, 'name')
    const text = await readText(request.koa.req, settings.maxResolutionBytes)
    const { records, warnings, unusable } = readNames(text)
    if (unusable) {
      const sentence = 'Nothing in the body names an address. Send name records, or what kubectl get … -o json prints.'
      throw new AppError('no_name_records', 400, sentence, { details: { warnings } })
    }
    await snapshots.putResolution(name, text)
    const warned = warnings.length === 0 ? {} : { warnings }
    return { json: { success: true, name, records: records.length, ...warned } }
  },
})
