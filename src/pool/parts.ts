import type { Driver } from '../contract/driver.ts'
import { Ambient } from './ambient.ts'
import { Autocommit } from './autocommit.ts'
import type { Hosts } from './hosts/hosts.ts'
import { hostsOf, spreadOver } from './hosts/hosts-of.ts'
import type { Spread } from './hosts/spread.ts'
import { InThreadCalls } from './in-thread.ts'
import { Interactions } from './interactions.ts'
import type { Lanes } from './lanes.ts'
import { lanesOf } from './lanes-of.ts'
import { Leases } from './leases.ts'
import { LongCalls } from './long-calls.ts'
import { NO_OPTIONS } from './options.ts'
import { PoolLife } from './pool-life.ts'
import { type CheckedPoolOptions, checkPoolOptions, type PoolOptions } from './pool-options.ts'
import { Preparer } from './preparer.ts'
import { Singles } from './singles.ts'
import { poolArguments, type Source } from './source.ts'
import { Streams } from './stream.ts'
import { Telling } from './telling.ts'
import type { WalWatch } from './wal-watch.ts'

/** What a pool is made of. */
export interface Parts {
  readonly source: Source
  readonly options: CheckedPoolOptions
  readonly telling: Telling
  readonly ambient: Ambient
  readonly lanes: Lanes
  /** Several servers, and who reads on which; null where there is one. */
  readonly hosts: Hosts | null
  readonly spread: Spread<Leases> | null
  readonly wal: WalWatch
  readonly singles: Singles
  readonly longCalls: LongCalls
  readonly streams: Streams
  readonly life: PoolLife
}

/** Checks what a pool is made with, and makes its parts. Nothing is opened. */
export function partsOf(
  given: string | Driver,
  second: object | undefined,
  third: PoolOptions<unknown, unknown> | undefined,
): Parts {
  const { source, options: asked = NO_OPTIONS } = poolArguments(given, second, third)
  const { driver, plan } = source
  const options = checkPoolOptions(asked, source)
  const { clock, name } = options
  const preparer = new Preparer(driver, options)
  const telling = new Telling({ name, database: plan.label }, options.telling)
  const ambient = new Ambient()
  const hosts = plan.hosts && plan.hosts.length > 1 ? hostsOf(source, options) : null
  const common = { preparer, ambient, telling }
  const writing = hosts ? { driver: hosts.connect.toPrimary, plan } : source
  const { lanes, wal, reconnect } = lanesOf(writing, options, { ...common, observer: hosts?.observer })
  const autocommit = new Autocommit(lanes, ambient, clock)
  const leases = new Leases(lanes, autocommit, { preparer, ambient, reconnect })
  const spread = hosts && spreadOver(hosts, { source, options, common, lanes })
  leases.spread = spread
  autocommit.writes = hosts?.writes ?? null
  const life = new PoolLife([lanes, ...(spread ? [spread.lanes] : [])], ambient, { ...options, onEnd: hosts })
  const interactions = new Interactions(leases, preparer, ambient, options)
  const singles = new Singles(interactions, autocommit, preparer, { clock, telling })
  const inThread = new InThreadCalls(lanes, autocommit, interactions, clock)
  const longCalls = new LongCalls({ interactions, inThread, leases }, preparer, options)
  const streams = new Streams(lanes, autocommit, preparer)
  return { source, options, telling, ambient, lanes, hosts, spread, wal, singles, longCalls, streams, life }
}
