import { column } from '../contract/column.ts'

/** Columns that no shared one can stand in for. */
export const KafkaColumns = {
  apiKey: column('kafka_api_key', 'i32', "Kafka's number of the API; -1 where the request was not seen"),
  apiVersion: column('kafka_api_version', 'u16', 'version of the API'),
  clientId: column('kafka_client_id', 'label', 'client id of the request header'),
  topics: column('kafka_topics', 'labels', 'topics named in request or response; ids where they have no names'),
} as const
