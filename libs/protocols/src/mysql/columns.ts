import { column } from '../contract/column.ts'

/** Columns that no shared one can stand in for. */
export const MysqlColumns = {
  statementId: column('statement_id', 'u32', 'id of a prepared statement on its connection'),
} as const
