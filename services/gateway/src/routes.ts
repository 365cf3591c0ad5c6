import type { GatewayContext } from './context.ts'
import type { Route } from './http/route.ts'
import { readiness } from './readiness.ts'
import { createDissection } from './routes/create-dissection.ts'
import { createSnapshot } from './routes/create-snapshot.ts'
import { dataBoundaries } from './routes/data-boundaries.ts'
import { deleteDissection } from './routes/delete-dissection.ts'
import { deleteSnapshot } from './routes/delete-snapshot.ts'
import { discoveryRoute } from './routes/discovery.ts'
import { dissectionEvents } from './routes/dissection-events.ts'
import { getDissection } from './routes/get-dissection.ts'
import { getSnapshot } from './routes/get-snapshot.ts'
import { healthz } from './routes/healthz.ts'
import { kflExplain } from './routes/kfl-explain.ts'
import { kflSchema } from './routes/kfl-schema.ts'
import { listCalls } from './routes/list-calls.ts'
import { listDatabases } from './routes/list-databases.ts'
import { listDissections } from './routes/list-dissections.ts'
import { listSnapshots } from './routes/list-snapshots.ts'
import { metricsRoute } from './routes/metrics.ts'
import { putCapture } from './routes/put-capture.ts'
import { putResolution } from './routes/put-resolution.ts'
import { rawCapture } from './routes/raw-capture.ts'
import { readyzRoute } from './routes/readyz.ts'
import { stopDissection } from './routes/stop-dissection.ts'

const MCP: readonly Route[] = [
  listDatabases,
  listSnapshots,
  createSnapshot,
  getSnapshot,
  deleteSnapshot,
  putCapture,
  putResolution,
  listDissections,
  createDissection,
  getDissection,
  dissectionEvents,
  stopDissection,
  deleteDissection,
  listCalls,
  kflSchema,
  kflExplain,
  rawCapture,
  dataBoundaries,
]

/** Every call that the gateway answers. */
export function allRoutes(context: GatewayContext): readonly Route[] {
  return [discoveryRoute(MCP), ...MCP, healthz, readyzRoute(readiness(context)), metricsRoute]
}
