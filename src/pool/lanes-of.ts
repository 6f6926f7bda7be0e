import type { Ambient } from './ambient.ts'
import { Housekeeper } from './housekeeper.ts'
import type { LaneObserver } from './lane-life.ts'
import { laneNews } from './lane-news.ts'
import { Lanes } from './lanes.ts'
import { opener } from './opener.ts'
import type { CheckedPoolOptions } from './pool-options.ts'
import type { Preparer } from './preparer.ts'
import { prober } from './probe.ts'
import { clearer, readersFirst } from './readers-first.ts'
import { Reconnect } from './reconnect.ts'
import type { Connecting } from './source.ts'
import type { Telling } from './telling.ts'
import { WalWatch } from './wal-watch.ts'

/** A pool's lanes, who looks at the write-ahead log, and who asks their connections after failed interactions, if that is wanted. */
export interface Kept {
  readonly lanes: Lanes
  readonly wal: WalWatch
  readonly reconnect: Reconnect | null
}

/** What lanes work with. */
interface LanesParts {
  readonly preparer: Preparer
  readonly ambient: Ambient
  readonly telling: Telling
  /** Its lanes are numbered from here on; from 1 unless told. */
  readonly firstId?: number
  readonly observer?: LaneObserver | undefined
}

/** Makes a pool's lanes, and the housekeeper who keeps them in order. */
export function lanesOf(
  source: Connecting,
  options: CheckedPoolOptions,
  { preparer, ambient, telling, firstId = 1, observer }: LanesParts,
): Kept {
  const { plan } = source
  const { min, max, clock, life } = options
  const probe = prober({ sql: life.goodSql, within: life.connectTimeout, clock })
  const wal = new WalWatch({ plan, telling, now: () => clock.now(), lanes: () => lanes.lanes })
  const round = () => void wal.look()
  const housekeeper = new Housekeeper({ ...life, min, clock, probe, plan, round })
  const open = readersFirst(source, opener(source, preparer, options, ambient))
  const lanes = new Lanes(plan.layout, {
    min,
    max,
    readOnly: plan.readOnly,
    firstId,
    oneFirst: plan.layout === 'equal',
    clock,
    deadlines: options.deadlines,
    connect: (role, lane, after) => {
      telling.connection('opening', { lane, role })
      return open(role, lane, after)
    },
    telling,
    afterReaders: clearer(source, options),
    probe: (connection) => housekeeper.probe(connection),
    observers: [housekeeper, laneNews(telling), ...(observer ? [observer] : [])],
  })
  housekeeper.keep(lanes)
  return { lanes, wal, reconnect: life.reconnect ? new Reconnect(lanes, probe) : null }
}
