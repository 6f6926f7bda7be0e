import { Housekeeper } from './housekeeper.ts'
import { Lanes } from './lanes.ts'
import { opener } from './opener.ts'
import type { CheckedPoolOptions } from './pool-options.ts'
import type { Preparer } from './preparer.ts'
import { prober } from './probe.ts'
import { Reconnect } from './reconnect.ts'
import type { Source } from './source.ts'

/** A pool's lanes, and who asks their connections after failed interactions, if that is wanted. */
interface Kept {
  readonly lanes: Lanes
  readonly reconnect: Reconnect | null
}

/** Makes a pool's lanes, and the housekeeper who keeps them in order. */
export function lanesOf(source: Source, preparer: Preparer, options: CheckedPoolOptions): Kept {
  const { plan } = source
  const { min, max, clock, life } = options
  const probe = prober({ sql: life.goodSql, within: life.connectTimeout, clock })
  const housekeeper = new Housekeeper({ ...life, min, clock, probe, plan })
  const lanes = new Lanes(plan.layout, {
    min,
    max,
    readOnly: plan.readOnly,
    clock,
    connect: opener(source, preparer, options),
    probe: (connection) => housekeeper.probe(connection),
    observers: [housekeeper],
  })
  housekeeper.keep(lanes)
  return { lanes, reconnect: life.reconnect ? new Reconnect(lanes, probe) : null }
}
