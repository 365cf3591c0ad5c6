import type { World } from './connection.ts'
import type { Pool } from './pool.ts'

/** Replies in RESP2: null, a number, a status or an error (`+OK`, `-ERR …`), text, a list. */
export type RedisReply = null | number | { readonly line: string } | string | readonly string[]

export interface RedisCommand {
  readonly words: readonly string[]
  readonly reply: RedisReply
}

/** Sends commands together and waits for all replies. Returns when they are there. */
export function pipeline(world: World, pool: Pool, time: number, commands: readonly RedisCommand[]): number {
  const { connection, at } = pool.acquire(time)
  const arrived = connection.send(at, 'client', commands.map(({ words }) => bulks(words)).join(''))
  const ready = arrived + world.dice.latency(90 * commands.length)
  const received = connection.send(ready, 'server', commands.map(({ reply }) => replyText(reply)).join(''))
  connection.calls += commands.length
  connection.freeAt = received
  for (const { words, reply } of commands) world.truth.redisCall(words[0] as string, errorOf(reply))
  return received
}

function errorOf(reply: RedisReply): string {
  const line = reply !== null && typeof reply === 'object' && 'line' in reply ? reply.line : ''
  return line.startsWith('-') ? (line.slice(1).split(' ', 1)[0] as string) : ''
}

function replyText(reply: RedisReply): string {
  if (reply === null) return '$-1\r\n'
  if (typeof reply === 'number') return `:${reply}\r\n`
  if (typeof reply === 'string') return bulk(reply)
  return 'line' in reply ? `${reply.line}\r\n` : bulks(reply)
}

function bulks(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map(bulk).join('')}`
}

function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`
}
