import type { Field } from '../contract/field.ts'

export const fields: readonly Field[] = [
  {
    variable: 'dns',
    type: 'bool',
    source: { protocolIn: ['dns', 'mdns', 'llmnr'] },
    description: 'DNS message or pair, multicast DNS and LLMNR included',
    example: 'dns && status_code != 0',
  },
  {
    variable: 'dns_questions',
    type: 'list<string>',
    source: { column: 'dns_questions' },
    description: 'names asked for, in their own case and without a dot at the end',
    example: '"api.example.com" in dns_questions',
  },
  {
    variable: 'dns_question_types',
    type: 'list<string>',
    source: { column: 'dns_question_types' },
    description: 'record types asked for',
    example: '"AAAA" in dns_question_types',
  },
  {
    variable: 'dns_answers',
    type: 'list<string>',
    source: { column: 'dns_answers' },
    description: 'data of the answer records: the address, or type and data (`CNAME www.example.org`)',
    example: 'dns_answers.exists(a, a.startsWith("10."))',
  },
  {
    variable: 'dns_request',
    type: 'bool',
    source: { present: 'request_size' },
    description: 'the query was captured',
    example: 'dns && !dns_request',
  },
  {
    variable: 'dns_response',
    type: 'bool',
    source: { present: 'response_size' },
    description: 'the response was captured',
    example: 'dns && !dns_response',
  },
  {
    variable: 'dns_request_length',
    type: 'int',
    source: { column: 'request_size' },
    description: 'bytes of the query, on TCP with its length field',
    example: 'dns_request_length > 512',
  },
  {
    variable: 'dns_response_length',
    type: 'int',
    source: { column: 'response_size' },
    description: 'bytes of the response, on TCP with its length field',
    example: 'dns_response_length > 1232',
  },
  {
    variable: 'dns_total_size',
    type: 'int',
    source: { sum: ['request_size', 'response_size'] },
    description: 'bytes of query and response',
    example: 'dns_total_size > 2000',
  },
  {
    variable: 'dns_rcode',
    type: 'string',
    source: { column: 'dns_rcode' },
    description: 'response code by name, with the upper bits of EDNS; empty without response',
    example: 'dns_rcode == "NXDOMAIN"',
  },
]
