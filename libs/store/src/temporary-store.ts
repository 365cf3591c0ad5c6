/** A store of its own for a test: a real engine on a directory that goes with it. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { columns as declaredColumns } from '@hindwire/protocols/contract/column.ts'
import type { ColumnSpec } from '@hindwire/protocols/contract/column.ts'
import '@hindwire/protocols/contract/common-columns.ts'

import type { StoreLog } from './connection.ts'
import { startEmbedded } from './embedded-server.ts'
import type { EmbeddedServer } from './embedded-server.ts'
import { openStore } from './store.ts'
import type { Store } from './store.ts'

export interface TemporaryStore {
  readonly store: Store
  readonly server: EmbeddedServer
  readonly dataDir: string
  /** Stops the engine and deletes its directory. */
  stop(): Promise<void>
}

export interface TemporaryStoreOptions {
  /** Default: all columns declared so far, at least the common ones. */
  readonly columns?: Iterable<ColumnSpec>
  readonly log?: StoreLog
}

const MEMORY = 2 ** 30

export async function startTemporaryStore(options: TemporaryStoreOptions = {}): Promise<TemporaryStore> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hindwire-store-'))
  const log = options.log ?? (() => {})
  const server = await startEmbedded({ dataDir, log, memory: MEMORY })
  const store = openStore({ connections: server.connections, columns: options.columns ?? declaredColumns(), log })
  const stop = async (): Promise<void> => {
    await store.close()
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
  try {
    await store.migrate()
  } catch (error) {
    await stop()
    throw error
  }
  return { store, server, dataDir, stop }
}
