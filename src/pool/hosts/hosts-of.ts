import type { Ambient } from '../ambient.ts'
import { Autocommit } from '../autocommit.ts'
import type { Lanes } from '../lanes.ts'
import { lanesOf } from '../lanes-of.ts'
import { Leases } from '../leases.ts'
import type { CheckedPoolOptions } from '../pool-options.ts'
import type { Preparer } from '../preparer.ts'
import type { Source } from '../source.ts'
import type { Telling } from '../telling.ts'
import { Hosts } from './hosts.ts'
import { Spread } from './spread.ts'

/** What the lanes of the replicas share with those that write. */
interface Shared {
  readonly source: Source
  readonly options: CheckedPoolOptions
  readonly common: { readonly preparer: Preparer; readonly ambient: Ambient; readonly telling: Telling }
  /** Those that write. */
  readonly lanes: Lanes
}

/** The lanes of replicas are numbered from here on. */
const FIRST_REPLICA = 1001

/** What a pool knows of its servers. */
export function hostsOf(source: Source, { name, clock, maxStaleness, life }: CheckedPoolOptions): Hosts {
  return new Hosts(source, { name, clock, maxStaleness, connectTimeout: life.connectTimeout })
}

/** Makes the lanes of the replicas. */
export function spreadOver(hosts: Hosts, { source, options, common, lanes }: Shared): Spread<Leases> {
  const driver = hosts.connect.toReplicas(() => hosts.horizon)
  const plan = { ...source.plan, readOnly: true }
  const { lanes: replicas, reconnect } = lanesOf(
    { driver, plan },
    { ...options, min: 0 },
    { ...common, firstId: FIRST_REPLICA },
  )
  hosts.keep(lanes, replicas)
  const { preparer, ambient } = common
  const leases = new Leases(replicas, new Autocommit(replicas, ambient, options.clock), {
    preparer,
    ambient,
    reconnect,
  })
  return new Spread(hosts, replicas, leases)
}
