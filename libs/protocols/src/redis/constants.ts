/**
 * RESP type bytes (https://redis.io/docs/latest/develop/reference/protocol-spec/). `Inline` is a command line without
 * a type byte, `Rdb` the payload of a full resynchronisation: a bulk string without its final CR LF.
 */
export const Type = {
  Inline: 0,
  Rdb: 1,
  /** Only in streamed aggregates: the end. */
  End: 0x2e, // .
  SimpleString: 0x2b, // +
  Error: 0x2d, // -
  Integer: 0x3a, // :
  BulkString: 0x24, // $
  Array: 0x2a, // *
  Null: 0x5f, // _
  Boolean: 0x23, // #
  Double: 0x2c, // ,
  BigNumber: 0x28, // (
  BulkError: 0x21, // !
  VerbatimString: 0x3d, // =
  Map: 0x25, // %
  Set: 0x7e, // ~
  Attribute: 0x7c, // |
  Push: 0x3e, // >
  /** A part of a streamed string (`$?`). */
  Chunk: 0x3b, // ;
} as const

/** Where a command's first key (for pub/sub: channel) stands among its arguments; 0 is the verb. */
export const KeyAt = {
  None: 0,
  First: 1,
  Second: 2,
  Third: 3,
  /** `EVAL script numkeys key …` */
  AfterCountSecond: -1,
  /** `ZUNION numkeys key …` */
  AfterCountFirst: -2,
  /** `XREAD … STREAMS key …` */
  AfterStreams: -3,
} as const

export interface Command {
  readonly name: string
  readonly keyAt: number
}

// From `COMMAND` of Redis 7.0 and the command reference of 7.4 and 8.0.
const byKeyPosition: readonly (readonly [number, string])[] = [
  [
    KeyAt.None,
    'ACL ASKING AUTH BGREWRITEAOF BGSAVE CLIENT CLUSTER COMMAND CONFIG DBSIZE DEBUG DISCARD ECHO EXEC FAILOVER FLUSHALL ' +
      'FLUSHDB FUNCTION HELLO INFO KEYS LASTSAVE LATENCY LOLWUT MODULE MONITOR MULTI PFSELFTEST PING PSYNC PUBSUB QUIT ' +
      'RANDOMKEY READONLY READWRITE REPLCONF REPLICAOF RESET ROLE SAVE SCAN SCRIPT SELECT SENTINEL SHUTDOWN SLAVEOF ' +
      'SLOWLOG SWAPDB SYNC TIME UNWATCH WAIT WAITAOF',
  ],
  [
    KeyAt.First,
    'APPEND BITCOUNT BITFIELD BITFIELD_RO BITPOS BLMOVE BLPOP BRPOP BRPOPLPUSH BZPOPMAX BZPOPMIN COPY DECR DECRBY DEL ' +
      'DUMP EXISTS EXPIRE EXPIREAT EXPIRETIME GEOADD GEODIST GEOHASH GEOPOS GEORADIUS GEORADIUSBYMEMBER ' +
      'GEORADIUSBYMEMBER_RO GEORADIUS_RO GEOSEARCH GEOSEARCHSTORE GET GETBIT GETDEL GETEX GETRANGE GETSET HDEL HEXISTS ' +
      'HEXPIRE HEXPIREAT HEXPIRETIME HGET HGETALL HGETDEL HGETEX HINCRBY HINCRBYFLOAT HKEYS HLEN HMGET HMSET HPERSIST ' +
      'HPEXPIRE HPEXPIREAT HPEXPIRETIME HPTTL HRANDFIELD HSCAN HSET HSETEX HSETNX HSTRLEN HTTL HVALS INCR INCRBY ' +
      'INCRBYFLOAT LCS LINDEX LINSERT LLEN LMOVE LPOP LPOS LPUSH LPUSHX LRANGE LREM LSET LTRIM MGET MOVE MSET MSETNX ' +
      'PERSIST PEXPIRE PEXPIREAT PEXPIRETIME PFADD PFCOUNT PFMERGE PSETEX PSUBSCRIBE PTTL PUBLISH PUNSUBSCRIBE RENAME ' +
      'RENAMENX RESTORE RESTORE-ASKING RPOP RPOPLPUSH RPUSH RPUSHX SADD SCARD SDIFF SDIFFSTORE SET SETBIT SETEX SETNX ' +
      'SETRANGE SINTER SINTERSTORE SISMEMBER SMEMBERS SMISMEMBER SMOVE SORT SORT_RO SPOP SPUBLISH SRANDMEMBER SREM ' +
      'SSCAN SSUBSCRIBE STRLEN SUBSCRIBE SUBSTR SUNION SUNIONSTORE SUNSUBSCRIBE TOUCH TTL TYPE UNLINK UNSUBSCRIBE ' +
      'VADD VCARD VDIM VEMB VSIM WATCH XACK XADD XAUTOCLAIM XCLAIM XDEL XLEN XPENDING XRANGE XREVRANGE XSETID XTRIM ' +
      'ZADD ZCARD ZCOUNT ZDIFFSTORE ZINCRBY ZINTERSTORE ZLEXCOUNT ZMSCORE ZPOPMAX ZPOPMIN ZRANDMEMBER ZRANGE ' +
      'ZRANGEBYLEX ZRANGEBYSCORE ZRANGESTORE ZRANK ZREM ZREMRANGEBYLEX ZREMRANGEBYRANK ZREMRANGEBYSCORE ZREVRANGE ' +
      'ZREVRANGEBYLEX ZREVRANGEBYSCORE ZREVRANK ZSCAN ZSCORE ZUNIONSTORE ' +
      'BF.ADD BF.EXISTS BF.MADD BF.MEXISTS BF.RESERVE FT.CREATE FT.SEARCH FT.AGGREGATE FT.INFO JSON.GET JSON.SET ' +
      'JSON.DEL JSON.MGET JSON.TYPE TS.ADD TS.CREATE TS.GET TS.RANGE',
  ],
  [KeyAt.Second, 'BITOP MEMORY OBJECT PFDEBUG XGROUP XINFO'],
  [KeyAt.Third, 'MIGRATE'],
  [KeyAt.AfterCountSecond, 'BLMPOP BZMPOP EVAL EVALSHA EVALSHA_RO EVAL_RO FCALL FCALL_RO'],
  [KeyAt.AfterCountFirst, 'LMPOP SINTERCARD ZDIFF ZINTER ZINTERCARD ZMPOP ZUNION'],
  [KeyAt.AfterStreams, 'XREAD XREADGROUP'],
]

export const commands: ReadonlyMap<string, Command> = new Map(
  byKeyPosition.flatMap(([keyAt, names]) => names.split(' ').map((name) => [name, { name, keyAt }] as const)),
)

/** Configuration parameters whose value is a secret, in lower case. */
export const SECRET_PARAMETERS: ReadonlySet<string> = new Set([
  'requirepass',
  'masterauth',
  'auth-pass',
  'sentinel-pass',
  'tls-key-file-pass',
  'tls-client-key-file-pass',
])

/** Kinds of out-of-band messages, by the name that is their first element. */
export const PUSH_NAMES: readonly string[] = ['message', 'pmessage', 'smessage']
export const CONFIRMATION_NAMES: readonly string[] = [
  'subscribe',
  'psubscribe',
  'ssubscribe',
  'unsubscribe',
  'punsubscribe',
  'sunsubscribe',
]

/** What a client may send while RESP2 messages are pushed to it. */
export const SUBSCRIBER_VERBS: ReadonlySet<string> = new Set([
  ...CONFIRMATION_NAMES.map((name) => name.toUpperCase()),
  'PING',
  'QUIT',
  'RESET',
])
