import type { Deadlines } from './deadlines.ts'
import type { Probe } from './doubts.ts'
import type { GroupsSetting } from './lane-group.ts'
import type { Connect, LaneObserver } from './lane-life.ts'
import type { SupplySetting } from './supply.ts'
import type { Telling } from './telling.ts'

/** What lanes are told of their pool. */
export interface LanesSetting extends GroupsSetting, SupplySetting {
  readonly connect: Connect
  /** Lanes are numbered from here on; from 1 unless told. */
  readonly firstId?: number
  readonly deadlines?: Deadlines
  readonly telling: Telling
  readonly probe: Probe
  /** Who is told of every lane that was opened, is gone or could not be opened. */
  readonly observers: readonly LaneObserver[]
}
