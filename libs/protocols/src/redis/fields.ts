import type { Field } from '../contract/field.ts'

export const fields: readonly Field[] = [
  {
    variable: 'redis',
    type: 'bool',
    source: { protocolIn: ['redis'] },
    description: 'The entry is a Redis command, reply or push',
    example: 'redis && elapsed_time > 10000',
  },
  {
    variable: 'redis_type',
    type: 'string',
    source: { column: 'method' },
    description: 'Command verb in upper case; of a push its kind (MESSAGE, INVALIDATE)',
    example: 'redis_type == "HGETALL"',
  },
  {
    variable: 'redis_command',
    type: 'string',
    source: { column: 'request_body' },
    description: 'The whole command as one would type it, cut at the body limit; credentials are masked',
    example: 'redis_command.startsWith("CONFIG GET")',
  },
  {
    variable: 'redis_key',
    type: 'string',
    source: { column: 'path' },
    description: 'First key of the command; of PUBLISH, SUBSCRIBE and messages the channel',
    example: 'redis_key.startsWith("session:")',
  },
  {
    variable: 'redis_request_size',
    type: 'int',
    source: { column: 'request_size' },
    description: 'Bytes of the command on the wire',
    example: 'redis_request_size > 1048576',
  },
  {
    variable: 'redis_response_size',
    type: 'int',
    source: { column: 'response_size' },
    description: 'Bytes of the reply on the wire',
    example: 'redis_response_size > 1048576',
  },
  {
    variable: 'redis_total_size',
    type: 'int',
    source: { sum: ['request_size', 'response_size'] },
    description: 'Bytes of command and reply on the wire',
    example: 'redis_total_size > 1048576',
  },
  {
    variable: 'redis_error',
    type: 'string',
    source: { column: 'error_message' },
    description: 'Text of an error reply, with its code',
    example: 'redis_error.startsWith("WRONGTYPE")',
  },
]
