import type { FlowReport } from '../contract/flow-report.ts'
import { Detection, type Protocol } from '../contract/protocol.ts'
import { flowProtocols } from './constants.ts'
import { fields } from './fields.ts'
import { openNothing } from './session.ts'
import { summarize } from './summarize.ts'

export const flow: Protocol<FlowReport> = {
  name: 'flow',
  entryProtocols: flowProtocols,
  ofFlows: true,
  title: 'Connections and flows',
  transports: [],
  ports: [],
  priority: 100,
  fields,
  detect: () => Detection.No,
  sender: () => -1,
  open: openNothing,
  summarize,
}
