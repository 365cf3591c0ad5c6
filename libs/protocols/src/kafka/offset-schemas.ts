import { ApiSchema } from './schema.ts'

/** Offsets of groups. */
export const offsetSchemas: readonly ApiSchema[] = [
  // OffsetCommit
  new ApiSchema(
    8,
    10,
    8,
    `
    group_id group
    generation_id_or_member_epoch int32 1+
    member_id string 1+
    group_instance_id string? 7+
    retention_time_ms int64 2-4
    topics []
      name topic 0-9
      topic_id uuid 10+
      partitions []
        partition_index int32
        committed_offset int64
        committed_leader_epoch int32 6+
        commit_timestamp int64 1
        committed_metadata string?
    `,
    `
    throttle_time_ms int32 3+
    topics []
      name topic 0-9
      topic_id uuid 10+
      partitions []
        partition_index int32
        error_code error
    `,
  ),
  // OffsetFetch
  new ApiSchema(
    9,
    10,
    6,
    `
    group_id group 0-7
    topics []? 0-7
      name topic
      partition_indexes []int32
    groups [] 8+
      group_id group
      member_id string? 9+
      member_epoch int32 9+
      topics []?
        name topic 8-9
        topic_id uuid 10+
        partition_indexes []int32
    require_stable bool 7+
    `,
    `
    throttle_time_ms int32 3+
    topics [] 0-7
      name topic
      partitions []
        partition_index int32
        committed_offset int64
        committed_leader_epoch int32 5-7
        metadata string?
        error_code error
    error_code error 2-7
    groups [] 8+
      group_id group
      topics []
        name topic 8-9
        topic_id uuid 10+
        partitions []
          partition_index int32
          committed_offset int64
          committed_leader_epoch int32
          metadata string?
          error_code error
      error_code error
    `,
  ),
  // OffsetDelete
  new ApiSchema(
    47,
    0,
    99,
    `
    group_id group
    topics []
      name topic
      partitions []
        partition_index int32
    `,
    `
    error_code error
    throttle_time_ms int32
    topics []
      name topic
      partitions []
        partition_index int32
        error_code error
    `,
  ),
]
