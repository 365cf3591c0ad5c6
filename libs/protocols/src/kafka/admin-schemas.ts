import { ApiSchema } from './schema.ts'

/** Versions and logins, topics, configurations, the cluster. */
export const adminSchemas: readonly ApiSchema[] = [
  // SaslHandshake
  new ApiSchema(
    17,
    1,
    99,
    `
    mechanism string
    `,
    `
    error_code error
    mechanisms []string
    `,
  ),
  // ApiVersions
  new ApiSchema(
    18,
    4,
    3,
    `
    client_software_name string 3+
    client_software_version string 3+
    `,
    `
    error_code error
    api_keys []
      api_key int16
      min_version int16
      max_version int16
    throttle_time_ms int32 1+
    supported_features [] 3+ #0
      name string
      min_version int16
      max_version int16
    finalized_features_epoch int64 3+ #1
    finalized_features [] 3+ #2
      name string
      max_version_level int16
      min_version_level int16
    zk_migration_ready bool 3+ #3
    `,
  ),
  // CreateTopics
  new ApiSchema(
    19,
    7,
    5,
    `
    topics []
      name topic
      num_partitions int32
      replication_factor int16
      assignments []
        partition_index int32
        broker_ids []int32
      configs []
        name string
        value string?
    timeout_ms int32
    validate_only bool 1+
    `,
    `
    throttle_time_ms int32 2+
    topics []
      name topic
      topic_id uuid 7+
      error_code error
      error_message message? 1+
      topic_config_error_code error 5+ #0
      num_partitions int32 5+
      replication_factor int16 5+
      configs []? 5+
        name string
        value string?
        read_only bool
        config_source int8
        is_sensitive bool
    `,
  ),
  // DeleteTopics
  new ApiSchema(
    20,
    6,
    4,
    `
    topics [] 6+
      name topic?
      topic_id uuid
    topic_names []topic 0-5
    timeout_ms int32
    `,
    `
    throttle_time_ms int32 1+
    responses []
      name topic?
      topic_id uuid 6+
      error_code error
      error_message message? 5+
    `,
  ),
  // DescribeConfigs. Brokers leave out the values of sensitive ones.
  new ApiSchema(
    32,
    4,
    4,
    `
    resources []
      resource_type int8
      resource_name string
      configuration_keys []string?
    include_synonyms bool 1+
    include_documentation bool 3+
    `,
    `
    throttle_time_ms int32
    results []
      error_code error
      error_message message?
      resource_type int8
      resource_name string
      configs []
        name string
        value string?
        read_only bool
        is_default bool 0
        config_source int8 1+
        is_sensitive bool
        synonyms [] 1+
          name string
          value string?
          source int8
        config_type int8 3+
        documentation string? 3+
    `,
  ),
  // SaslAuthenticate
  new ApiSchema(
    36,
    2,
    2,
    `
    auth_bytes secret
    `,
    `
    error_code error
    error_message message?
    auth_bytes secret
    session_lifetime_ms int64 1+
    `,
  ),
  // CreatePartitions
  new ApiSchema(
    37,
    3,
    2,
    `
    topics []
      name topic
      count int32
      assignments []?
        broker_ids []int32
    timeout_ms int32
    validate_only bool
    `,
    `
    throttle_time_ms int32
    results []
      name topic
      error_code error
      error_message message?
    `,
  ),
  // DescribeCluster
  new ApiSchema(
    60,
    2,
    0,
    `
    include_cluster_authorized_operations bool
    endpoint_type int8 1+
    include_fenced_brokers bool 2+
    `,
    `
    throttle_time_ms int32
    error_code error
    error_message message?
    endpoint_type int8 1+
    cluster_id string
    controller_id int32
    brokers []
      broker_id int32
      host string
      port int32
      rack string?
      is_fenced bool 2+
    cluster_authorized_operations int32
    `,
  ),
  // DescribeTopicPartitions
  new ApiSchema(
    75,
    0,
    0,
    `
    topics []
      name topic
    response_partition_limit int32
    cursor {}?
      topic_name topic
      partition_index int32
    `,
    `
    throttle_time_ms int32
    topics []
      error_code error
      name topic?
      topic_id uuid
      is_internal bool
      partitions []
        error_code error
        partition_index int32
        leader_id int32
        leader_epoch int32
        replica_nodes []int32
        isr_nodes []int32
        eligible_leader_replicas []int32?
        last_known_elr []int32?
        offline_replicas []int32
      topic_authorized_operations int32
    next_cursor {}?
      topic_name topic
      partition_index int32
    `,
  ),
]
