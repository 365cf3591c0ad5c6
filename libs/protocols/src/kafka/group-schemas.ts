import { ApiSchema } from './schema.ts'

/** Groups of the classic protocol and of KIP-848. */
export const groupSchemas: readonly ApiSchema[] = [
  // FindCoordinator
  new ApiSchema(
    10,
    6,
    3,
    `
    key group 0-3
    key_type int8 1+
    coordinator_keys []group 4+
    `,
    `
    throttle_time_ms int32 1+
    error_code error 0-3
    error_message message? 1-3
    node_id int32 0-3
    host string 0-3
    port int32 0-3
    coordinators [] 4+
      key group
      node_id int32
      host string
      port int32
      error_code error
      error_message message?
    `,
  ),
  // JoinGroup
  new ApiSchema(
    11,
    9,
    6,
    `
    group_id group
    session_timeout_ms int32
    rebalance_timeout_ms int32 1+
    member_id string
    group_instance_id string? 5+
    protocol_type string
    protocols []
      name string
      metadata bytes
    reason string? 8+
    `,
    `
    throttle_time_ms int32 2+
    error_code error
    generation_id int32
    protocol_type string? 7+
    protocol_name string?
    leader string
    skip_assignment bool 9+
    member_id string
    members []
      member_id string
      group_instance_id string? 5+
      metadata bytes
    `,
  ),
  // Heartbeat
  new ApiSchema(
    12,
    4,
    4,
    `
    group_id group
    generation_id int32
    member_id string
    group_instance_id string? 3+
    `,
    `
    throttle_time_ms int32 1+
    error_code error
    `,
  ),
  // LeaveGroup
  new ApiSchema(
    13,
    5,
    4,
    `
    group_id group
    member_id string 0-2
    members [] 3+
      member_id string
      group_instance_id string?
      reason string? 5+
    `,
    `
    throttle_time_ms int32 1+
    error_code error
    members [] 3+
      member_id string
      group_instance_id string?
      error_code error
    `,
  ),
  // SyncGroup
  new ApiSchema(
    14,
    5,
    4,
    `
    group_id group
    generation_id int32
    member_id string
    group_instance_id string? 3+
    protocol_type string? 5+
    protocol_name string? 5+
    assignments []
      member_id string
      assignment bytes
    `,
    `
    throttle_time_ms int32 1+
    error_code error
    protocol_type string? 5+
    protocol_name string? 5+
    assignment bytes
    `,
  ),
  // DescribeGroups
  new ApiSchema(
    15,
    6,
    5,
    `
    groups []group
    include_authorized_operations bool 3+
    `,
    `
    throttle_time_ms int32 1+
    groups []
      error_code error
      error_message message? 6+
      group_id group
      group_state string
      protocol_type string
      protocol_data string
      members []
        member_id string
        group_instance_id string? 4+
        client_id string
        client_host string
        member_metadata bytes
        member_assignment bytes
      authorized_operations int32 3+
    `,
  ),
  // ListGroups
  new ApiSchema(
    16,
    5,
    3,
    `
    states_filter []string 4+
    types_filter []string 5+
    `,
    `
    throttle_time_ms int32 1+
    error_code error
    groups []
      group_id group
      protocol_type string
      group_state string 4+
      group_type string 5+
    `,
  ),
  // DeleteGroups
  new ApiSchema(
    42,
    2,
    2,
    `
    groups_names []group
    `,
    `
    throttle_time_ms int32
    results []
      group_id group
      error_code error
    `,
  ),
  // ConsumerGroupHeartbeat
  new ApiSchema(
    68,
    1,
    0,
    `
    group_id group
    member_id string
    member_epoch int32
    instance_id string?
    rack_id string?
    rebalance_timeout_ms int32
    subscribed_topic_names []topic?
    subscribed_topic_regex string? 1+
    server_assignor string?
    topic_partitions []?
      topic_id uuid
      partitions []int32
    `,
    `
    throttle_time_ms int32
    error_code error
    error_message message?
    member_id string?
    member_epoch int32
    heartbeat_interval_ms int32
    assignment {}?
      topic_partitions []
        topic_id uuid
        partitions []int32
    `,
  ),
  // ConsumerGroupDescribe
  new ApiSchema(
    69,
    1,
    0,
    `
    group_ids []group
    include_authorized_operations bool
    `,
    `
    throttle_time_ms int32
    groups []
      error_code error
      error_message message?
      group_id group
      group_state string
      group_epoch int32
      assignment_epoch int32
      assignor_name string
      members []
        member_id string
        instance_id string?
        rack_id string?
        member_epoch int32
        client_id string
        client_host string
        subscribed_topic_names []topic
        subscribed_topic_regex string?
        assignment {}
          topic_partitions []
            topic_id uuid
            topic_name topic
            partitions []int32
        target_assignment {}
          topic_partitions []
            topic_id uuid
            topic_name topic
            partitions []int32
        member_type int8 1+
      authorized_operations int32
    `,
  ),
]
