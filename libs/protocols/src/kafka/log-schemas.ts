import { ApiSchema } from './schema.ts'

/** APIs that write, read and describe the log. */
export const logSchemas: readonly ApiSchema[] = [
  // Produce
  new ApiSchema(
    0,
    13,
    9,
    `
    transactional_id string? 3+
    acks acks
    timeout_ms int32
    topics []
      name topic 0-12
      topic_id uuid 13+
      partitions []
        index int32
        records records?
    `,
    `
    topics []
      name topic 0-12
      topic_id uuid 13+
      partitions []
        index int32
        error_code error
        base_offset int64
        log_append_time_ms int64 2+
        log_start_offset int64 5+
        record_errors [] 8+
          batch_index int32
          message string?
        error_message message? 8+
        current_leader {} 10+ #0
          leader_id int32
          leader_epoch int32
    throttle_time_ms int32 1+
    node_endpoints [] 10+ #0
      node_id int32
      host string
      port int32
      rack string?
    `,
  ),
  // Fetch
  new ApiSchema(
    1,
    18,
    12,
    `
    cluster_id string? 12+ #0
    replica_id int32 0-14
    replica_state {} 15+ #1
      replica_id int32
      replica_epoch int64
    max_wait_ms int32
    min_bytes int32
    max_bytes int32 3+
    isolation_level int8 4+
    session_id int32 7+
    session_epoch int32 7+
    topics []
      topic topic 0-12
      topic_id uuid 13+
      partitions []
        partition int32
        current_leader_epoch int32 9+
        fetch_offset int64
        last_fetched_epoch int32 12+
        log_start_offset int64 5+
        partition_max_bytes int32
        replica_directory_id uuid 17+ #0
        high_watermark int64 18+ #1
    forgotten_topics_data [] 7+
      topic topic 7-12
      topic_id uuid 13+
      partitions []int32
    rack_id string 11+
    `,
    `
    throttle_time_ms int32 1+
    error_code error 7+
    session_id int32 7+
    responses []
      topic topic 0-12
      topic_id uuid 13+
      partitions []
        partition_index int32
        error_code error
        high_watermark int64
        last_stable_offset int64 4+
        log_start_offset int64 5+
        diverging_epoch {} 12+ #0
          epoch int32
          end_offset int64
        current_leader {} 12+ #1
          leader_id int32
          leader_epoch int32
        snapshot_id {} 12+ #2
          end_offset int64
          epoch int32
        aborted_transactions []? 4+
          producer_id int64
          first_offset int64
        preferred_read_replica int32 11+
        records records?
    node_endpoints [] 16+ #0
      node_id int32
      host string
      port int32
      rack string?
    `,
  ),
  // ListOffsets
  new ApiSchema(
    2,
    11,
    6,
    `
    replica_id int32
    isolation_level int8 2+
    topics []
      name topic
      partitions []
        partition_index int32
        current_leader_epoch int32 4+
        timestamp int64
        max_num_offsets int32 0
    timeout_ms int32 10+
    `,
    `
    throttle_time_ms int32 2+
    topics []
      name topic
      partitions []
        partition_index int32
        error_code error
        old_style_offsets []int64 0
        timestamp int64 1+
        offset int64 1+
        leader_epoch int32 4+
    `,
  ),
  // Metadata
  new ApiSchema(
    3,
    13,
    9,
    `
    topics []?
      topic_id uuid 10+
      name topic?
    allow_auto_topic_creation bool 4+
    include_cluster_authorized_operations bool 8-10
    include_topic_authorized_operations bool 8+
    `,
    `
    throttle_time_ms int32 3+
    brokers []
      node_id int32
      host string
      port int32
      rack string? 1+
    cluster_id string? 2+
    controller_id int32 1+
    topics []
      error_code error
      name topic?
      topic_id uuid 10+
      is_internal bool 1+
      partitions []
        error_code error
        partition_index int32
        leader_id int32
        leader_epoch int32 7+
        replica_nodes []int32
        isr_nodes []int32
        offline_replicas []int32 5+
      topic_authorized_operations int32 8+
    cluster_authorized_operations int32 8-10
    error_code error 13+
    `,
  ),
  // DeleteRecords
  new ApiSchema(
    21,
    2,
    2,
    `
    topics []
      name topic
      partitions []
        partition_index int32
        offset int64
    timeout_ms int32
    `,
    `
    throttle_time_ms int32
    topics []
      name topic
      partitions []
        partition_index int32
        low_watermark int64
        error_code error
    `,
  ),
  // OffsetForLeaderEpoch
  new ApiSchema(
    23,
    4,
    4,
    `
    replica_id int32 3+
    topics []
      topic topic
      partitions []
        partition int32
        current_leader_epoch int32 2+
        leader_epoch int32
    `,
    `
    throttle_time_ms int32 2+
    topics []
      topic topic
      partitions []
        error_code error
        partition int32
        leader_epoch int32 1+
        end_offset int64
    `,
  ),
]
