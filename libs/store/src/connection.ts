/** How to reach a ClickHouse server as one user: the same shape for the embedded engine and for a cluster. */
export interface ConnectionSettings {
  /** HTTP interface, e.g. `http://127.0.0.1:8123`. */
  readonly url: string
  readonly database: string
  readonly username: string
  readonly password: string
}

/** The two users that Hindwire works as. A server with one user only may give it twice. */
export interface StoreConnections {
  /** Creates the tables and writes. */
  readonly rw: ConnectionSettings
  /** Runs people's queries: may read the project's database and nothing else. */
  readonly ro: ConnectionSettings
}

/** One line about what the store does, for whoever runs it. */
export interface StoreEvent {
  readonly level: 'info' | 'warn' | 'error'
  readonly message: string
}

export type StoreLog = (event: StoreEvent) => void
