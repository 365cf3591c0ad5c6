import { pcapFile } from '@hindwire/packets/capture-writer.ts'

import { resolutionRecords, services } from './cluster.ts'
import { Dice } from './dice.ts'
import { Shop } from './shop.ts'
import { priceRobot, probe, shopper } from './traffic.ts'
import { Truth } from './truth.ts'
import { Wire } from './wire.ts'

const SEED = 20_260_314
const START = Date.UTC(2026, 2, 14, 22) * 1000
const SECONDS = 60
const SHOPPERS = 36

export interface Example {
  readonly capture: Buffer
  /** JSON text, as kubectl prints it. */
  readonly resolution: string
  /** JSON text: what is in the capture. */
  readonly truth: string
}

/** Builds the example: the same bytes each time, on every machine. */
export function buildExample(): Example {
  const world = { wire: new Wire(), dice: new Dice(SEED), truth: new Truth() }
  const shop = new Shop(world, START)
  const { frontend, checkout, payment, inventory, notification } = services
  const probed = [frontend, checkout, payment, inventory, notification].flatMap(({ pods }) => pods)
  const actors = [
    ...Array.from({ length: SHOPPERS }, (_, number) => shopper(shop, number)),
    priceRobot(shop),
    ...probed.map((pod) => probe(shop, pod)),
  ]
  const end = START + SECONDS * 1_000_000
  // In the order of their times, so that connections are shared as they would be.
  for (;;) {
    const actor = actors.reduce((first, each) => (each.next < first.next ? each : first))
    if (actor.next >= end) break
    actor.next = actor.act(actor.next)
  }
  shop.finish(end)
  const frames = world.wire.frames()
  world.truth.packets = frames.length
  return {
    capture: pcapFile(frames),
    resolution: `${JSON.stringify(resolutionRecords(), null, 2)}\n`,
    truth: `${JSON.stringify(world.truth.report(), null, 2)}\n`,
  }
}
