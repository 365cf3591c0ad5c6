import type { Field } from '../contract/field.ts'

export const fields: readonly Field[] = [
  {
    variable: 'postgresql',
    type: 'bool',
    source: { protocolIn: ['postgresql'] },
    description: 'The entry is a PostgreSQL statement, login or notification',
    example: 'postgresql && elapsed_time > 100000',
  },
  {
    variable: 'postgresql_command',
    type: 'string',
    source: { column: 'method' },
    description:
      "Verb of the command tag (SELECT, INSERT, …), of the statement where none came; else the message's name",
    example: 'postgresql_command == "UPDATE"',
  },
  {
    variable: 'postgresql_query',
    type: 'string',
    source: { column: 'path' },
    description: 'Statement text, of prepared statements too; credentials are masked. Of notifications the channel',
    example: 'postgresql_query.contains("orders")',
  },
  {
    variable: 'postgresql_database',
    type: 'string',
    source: { column: 'host' },
    description: 'Database of the connection; empty where its start was not captured',
    example: 'postgresql_database == "shop"',
  },
  {
    variable: 'postgresql_user',
    type: 'string',
    source: { column: 'user' },
    description: 'User of the connection; empty where its start was not captured',
    example: 'postgresql_user == "app"',
  },
  {
    variable: 'postgresql_error_code',
    type: 'string',
    source: { column: 'error_code' },
    description: 'SQLSTATE of an error',
    example: 'postgresql_error_code == "40P01"',
  },
  {
    variable: 'postgresql_error_message',
    type: 'string',
    source: { column: 'error_message' },
    description: 'Primary message of an error',
    example: 'postgresql_error_message.contains("deadlock")',
  },
  {
    variable: 'postgresql_success',
    type: 'bool',
    source: {
      ifPresent: 'error_message',
      value: { constant: false },
      otherwise: { constant: true },
    },
    description: 'True where the server reported no error',
    example: 'postgresql && !postgresql_success',
  },
  {
    variable: 'postgresql_rows',
    type: 'int',
    source: { column: 'rows' },
    description: 'Rows that the statement returned or changed',
    example: 'postgresql_rows > 10000',
  },
  {
    variable: 'postgresql_request_size',
    type: 'int',
    source: { column: 'request_size' },
    description: 'Bytes of the request on the wire',
    example: 'postgresql_request_size > 1048576',
  },
  {
    variable: 'postgresql_response_size',
    type: 'int',
    source: { column: 'response_size' },
    description: 'Bytes of the response on the wire',
    example: 'postgresql_response_size > 1048576',
  },
  {
    variable: 'postgresql_total_size',
    type: 'int',
    source: { sum: ['request_size', 'response_size'] },
    description: 'Bytes of request and response on the wire',
    example: 'postgresql_total_size > 1048576',
  },
]
