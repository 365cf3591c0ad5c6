import type { Field } from '../contract/field.ts'
import { fields as httpFields } from '../http/fields.ts'

/** KFL variables of HTTP, which hold for HTTP/2 and gRPC too, and those of gRPC. */
export const fields: readonly Field[] = [
  ...httpFields,
  {
    variable: 'http',
    type: 'bool',
    source: { protocolIn: ['http2', 'grpc'] },
    description: 'true on HTTP entries of any version, and on those of protocols over HTTP',
    example: 'http && status_code >= 500',
  },
  {
    variable: 'grpc_service',
    type: 'string',
    source: { column: 'grpc_service' },
    description: 'Service with its package: the path without its last segment',
    example: 'grpc_service == "shop.v1.Cart"',
  },
  {
    variable: 'grpc_method',
    type: 'string',
    source: { column: 'grpc_method' },
    description: 'Method: the last segment of the path',
    example: 'grpc_method == "AddItem"',
  },
  {
    variable: 'grpc_status',
    type: 'int',
    source: { column: 'grpc_status' },
    default: -1,
    isStatus: true,
    description: 'Status of the call, 0 for OK; -1 where it is unknown',
    example: 'grpc_status > 0',
  },
  {
    variable: 'grpc_message',
    type: 'string',
    source: { column: 'error_message' },
    description: 'Status message of the call, decoded',
    example: 'grpc_message.contains("deadline")',
  },
]
