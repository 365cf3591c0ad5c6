import { column } from '../contract/column.ts'

/** Columns of all SQL protocols that no common one can hold. */
export const SqlColumns = {
  rows: column('rows', 'u64', 'rows that a statement returned or changed'),
  user: column('user', 'label', 'user name that the connection logged in with'),
} as const
