import type { Protocol } from './contract/protocol.ts'

/** Every protocol that Hindwire reads. One line each. */
export const protocols: readonly Protocol[] = []
