import { ApiSchema } from './schema.ts'

/** Transactions and idempotent producers. */
export const transactionSchemas: readonly ApiSchema[] = [
  // InitProducerId
  new ApiSchema(
    22,
    6,
    2,
    `
    transactional_id string?
    transaction_timeout_ms int32
    producer_id int64 3+
    producer_epoch int16 3+
    enable_2pc bool 6+
    keep_prepared_txn bool 6+
    `,
    `
    throttle_time_ms int32
    error_code error
    producer_id int64
    producer_epoch int16
    ongoing_txn_producer_id int64 6+
    ongoing_txn_producer_epoch int16 6+
    `,
  ),
  // AddPartitionsToTxn
  new ApiSchema(
    24,
    5,
    3,
    `
    transactions [] 4+
      transactional_id string
      producer_id int64
      producer_epoch int16
      verify_only bool
      topics []
        name topic
        partitions []int32
    transactional_id string 0-3
    producer_id int64 0-3
    producer_epoch int16 0-3
    topics [] 0-3
      name topic
      partitions []int32
    `,
    `
    throttle_time_ms int32
    error_code error 4+
    results_by_transaction [] 4+
      transactional_id string
      topic_results []
        name topic
        partitions []
          partition_index int32
          error_code error
    results_by_topic [] 0-3
      name topic
      partitions []
        partition_index int32
        error_code error
    `,
  ),
  // AddOffsetsToTxn
  new ApiSchema(
    25,
    4,
    3,
    `
    transactional_id string
    producer_id int64
    producer_epoch int16
    group_id group
    `,
    `
    throttle_time_ms int32
    error_code error
    `,
  ),
  // EndTxn
  new ApiSchema(
    26,
    5,
    3,
    `
    transactional_id string
    producer_id int64
    producer_epoch int16
    committed bool
    `,
    `
    throttle_time_ms int32
    error_code error
    producer_id int64 5+
    producer_epoch int16 5+
    `,
  ),
  // TxnOffsetCommit
  new ApiSchema(
    28,
    5,
    3,
    `
    transactional_id string
    group_id group
    producer_id int64
    producer_epoch int16
    generation_id int32 3+
    member_id string 3+
    group_instance_id string? 3+
    topics []
      name topic
      partitions []
        partition_index int32
        committed_offset int64
        committed_leader_epoch int32 2+
        committed_metadata string?
    `,
    `
    throttle_time_ms int32
    topics []
      name topic
      partitions []
        partition_index int32
        error_code error
    `,
  ),
]
