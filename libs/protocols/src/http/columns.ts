import { column } from '../contract/column.ts'

/** Columns that only HTTP and the protocols over it need. */
export const HttpColumns = {
  query: column('query', 'string', 'query part of the request target, as sent, without the question mark'),
  queryString: column('query_string', 'map', 'query parameters, decoded'),
  requestCookies: column('request_cookies', 'map', 'cookies of the request'),
  responseCookies: column('response_cookies', 'map', 'cookies that the response sets'),
  requestHeadersSize: column('request_headers_size', 'u32', 'bytes of the request head'),
  responseHeadersSize: column('response_headers_size', 'u32', 'bytes of the response head'),
  reason: column('reason', 'label', 'reason phrase of the status line'),
} as const
