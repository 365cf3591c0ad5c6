import type { QueryContext } from '../context.ts'
import { listDatabases } from '../databases.ts'

/** What can be queried. Realtime databases come with capture agents. */
export async function databases({ store }: QueryContext): Promise<object> {
  const all = await listDatabases(store)
  return {
    databases: all.map(({ snapshot, name, entryCount, status, firstTs, lastTs }) => ({
      type: 'dissection',
      snapshot,
      name,
      entry_count: entryCount,
      status,
      ...(entryCount === 0 ? {} : { first_ts: Math.floor(firstTs / 1000), last_ts: Math.floor(lastTs / 1000) }),
    })),
  }
}
