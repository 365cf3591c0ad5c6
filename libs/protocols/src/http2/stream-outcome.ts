import { Side } from '../contract/message.ts'
import { ErrorCode, errorName } from './constants.ts'
import type { Stream } from './types.ts'

/** A reset is a failure, unless its sender just has no use for the rest: NO_ERROR, or CANCEL by the client. */
export function isFailure(stream: Stream): boolean {
  const { resetCode, resetBy } = stream
  return resetCode > ErrorCode.NoError && !(resetCode === ErrorCode.Cancel && resetBy === Side.Client)
}

/** Members of `detail` that tell about the stream. */
export function streamDetail(stream: Stream): string {
  let json = `"stream":${stream.id}`
  if (stream.pushed) json += ',"pushed":true'
  if (stream.resetCode >= 0) {
    const by = stream.resetBy === Side.Client ? 'client' : 'server'
    json += `,"${stream.goAway ? 'goaway' : 'reset'}":{"by":"${by}","code":"${errorName(stream.resetCode)}"}`
  }
  return json
}
