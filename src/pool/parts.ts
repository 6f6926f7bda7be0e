import type { Driver } from '../contract/driver.ts'
import { Ambient } from './ambient.ts'
import { Autocommit } from './autocommit.ts'
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
  const { lanes, wal, reconnect } = lanesOf(source, options, { preparer, ambient, telling })
  const life = new PoolLife(lanes, ambient, options)
  const autocommit = new Autocommit(lanes, ambient, clock)
  const leases = new Leases(lanes, autocommit, { preparer, ambient, reconnect })
  const interactions = new Interactions(leases, preparer, ambient, options)
  const singles = new Singles(interactions, autocommit, preparer, { clock, telling })
  const inThread = new InThreadCalls(lanes, autocommit, interactions, clock)
  const longCalls = new LongCalls({ interactions, inThread, leases }, preparer, options)
  const streams = new Streams(lanes, autocommit, preparer)
  return { source, options, telling, ambient, lanes, wal, singles, longCalls, streams, life }
}
