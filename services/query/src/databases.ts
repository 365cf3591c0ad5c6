import { AppError } from '@hindwire/service-kit/app-error.ts'
import { type Dissection, listDissections } from '@hindwire/store/dissections.ts'

import type { ReadStore } from './context.ts'

/** A database that may be queried: the rows of a dissection that is complete. */
export type Database = Dissection

/** Databases named in a sentence, and in the details of an error. */
const SHOWN = 20

/** All that may be queried, oldest first. */
export async function listDatabases(store: ReadStore): Promise<Database[]> {
  return (await listDissections(store)).filter(({ visible }) => visible)
}

/**
 * The database of a name.
 * @throws AppError `invalid_database` (400), `unknown_database` (404)
 */
export async function findDatabase(store: ReadStore, db: string): Promise<Database> {
  const [snapshot, name, more] = db.split('/')
  if (snapshot === undefined || name === undefined || name === '' || more !== undefined) {
    const text = `${JSON.stringify(db.slice(0, 300))} names no database: give db=<snapshot>/<dissection>.`
    throw new AppError('invalid_database', 400, text)
  }
  const all = await listDatabases(store)
  const found = all.findLast((one) => one.snapshot === snapshot && one.name === name)
  if (found !== undefined) return found
  const text = `There is no database "${db.slice(0, 300)}", or its dissection is not complete. ${existing(all)}`
  throw new AppError('unknown_database', 404, text, { details: { databases: names(all) } })
}

/** A sentence that says which databases there are. */
export function existing(all: readonly Database[]): string {
  if (all.length === 0) return 'There are no databases yet: dissect a snapshot first.'
  const more = all.length > SHOWN ? `, and ${all.length - SHOWN} older ones` : ''
  return `Databases: ${names(all).join(', ')}${more}.`
}

function names(all: readonly Database[]): string[] {
  return all
    .slice(-SHOWN)
    .reverse()
    .map(({ snapshot, name }) => `${snapshot}/${name}`)
}
