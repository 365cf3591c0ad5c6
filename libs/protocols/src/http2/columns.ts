import { column } from '../contract/column.ts'

/** What no column of HTTP can hold: `method` and `status_code` of a call are those of HTTP. */
export const GrpcColumns = {
  service: column('grpc_service', 'label', 'gRPC service with its package'),
  method: column('grpc_method', 'label', 'gRPC method, without the service'),
  status: column('grpc_status', 'i32', 'gRPC status; -1 where there is none'),
} as const
