import type { Field } from '../contract/field.ts'

export const fields: readonly Field[] = [
  {
    variable: 'ws',
    type: 'bool',
    source: { protocolIn: ['ws'] },
    description: 'The entry is a WebSocket message or control frame',
    example: 'ws && dst.port == 8080',
  },
  {
    variable: 'ws_opcode',
    type: 'string',
    source: { column: 'method' },
    description: '`text`, `binary`, `close`, `ping` or `pong`',
    example: 'ws_opcode == "close"',
  },
  {
    variable: 'ws_request',
    type: 'bool',
    source: { present: 'request_size' },
    description: 'The client sent it',
    example: 'ws_request && ws_opcode == "text"',
  },
  {
    variable: 'ws_response',
    type: 'bool',
    source: { present: 'response_size' },
    description: 'The server sent it',
    example: 'ws_response && ws_response_payload_length > 1000',
  },
  {
    variable: 'ws_request_payload_data',
    type: 'string',
    source: { column: 'request_body' },
    description: 'What the client sent, unmasked and inflated, cut at the body limit',
    example: 'ws_request_payload_data.contains("subscribe")',
  },
  {
    variable: 'ws_request_payload_length',
    type: 'int',
    source: { column: 'request_body_size' },
    description: 'Bytes that the client sent, inflated',
    example: 'ws_request_payload_length > 65536',
  },
  {
    variable: 'ws_response_payload_length',
    type: 'int',
    source: { column: 'response_body_size' },
    description: 'Bytes that the server sent, inflated',
    example: 'ws_response_payload_length > 65536',
  },
]
