/** A loose name and what it stands for. */
export interface Alias {
  readonly name: string
  /** A KFL expression over variables of the catalogue (which may use other aliases). */
  readonly means: string
  /** Texts compared with it are put in lower case: the variable's values are in lower case. */
  readonly ignoreCase?: true
}

const side = (name: 'src' | 'dst'): readonly Alias[] => [
  { name: `${name}.ns`, means: `${name}.namespace` },
  { name: `${name}.svc`, means: `${name}.service.name` },
  { name: `${name}.service`, means: `${name}.service.name` },
  { name: `${name}.pod`, means: `${name}.pod.name` },
]

/**
 * Loose names, shown back as what they mean. A variable of the catalogue wins over an alias of the same name. An alias
 * whose meaning the catalogue does not have is not offered.
 */
export const aliases: readonly Alias[] = [
  { name: 'status', means: 'status_code' },
  { name: 'response.status', means: 'status_code' },
  { name: 'response.status_code', means: 'status_code' },
  { name: 'response.status.code', means: 'grpc ? grpc_status : status_code' },
  { name: 'response.code', means: 'dns_rcode' },
  { name: 'latency_ms', means: 'double(elapsed_time) / 1000.0' },
  { name: 'response.latency', means: 'double(elapsed_time) / 1000.0' },
  { name: 'request.path', means: 'path' },
  { name: 'request.method', means: 'method' },
  { name: 'request.url', means: 'url' },
  { name: 'request.query', means: 'query_string' },
  { name: 'request.body', means: 'request_body' },
  { name: 'response.body', means: 'response_body' },
  ...side('src'),
  ...side('dst'),
  { name: 'node.name', means: 'node_name' },
  { name: 'node.ip', means: 'node_ip' },
  { name: 'proto', means: 'protocol', ignoreCase: true },
]
