import { column } from '../contract/column.ts'

/** Columns that no shared one can stand in for. */
export const DnsColumns = {
  questions: column('dns_questions', 'strings', 'names asked for, as in the question section'),
  questionTypes: column('dns_question_types', 'labels', 'types asked for, in the order of dns_questions'),
  answers: column('dns_answers', 'strings', 'data of the answer section: addresses, or type and data'),
  rcode: column('dns_rcode', 'label', 'response code by name, NOERROR included; empty without response'),
} as const
