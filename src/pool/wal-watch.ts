import type { ConnectPlan } from '../contract/driver.ts'
import { describeHolder, type HolderStats } from './holder-stats.ts'
import type { Lane } from './lane.ts'
import type { Telling } from './telling.ts'

/** What a {@link WalWatch} is told. */
export interface WalWatchSetting {
  readonly plan: Pick<ConnectPlan, 'walSize' | 'label'>
  readonly telling: Telling
  readonly now: () => number
  readonly lanes: () => readonly Lane[]
}

/**
 * Looks from time to time how large the write-ahead log is, and warns when it has grown beyond what the pool's option
 * allows, and again whenever it has doubled: whoever reads one state of the database for long keeps it from being emptied.
 */
export class WalWatch {
  readonly #setting: WalWatchSetting
  #size: number | null = null
  #next: number

  constructor(setting: WalWatchSetting) {
    this.#setting = setting
    this.#next = setting.telling.walWarning
  }

  /** Its bytes as they were last seen; null where nobody can tell. */
  get size(): number | null {
    return this.#size
  }

  async look(): Promise<void> {
    const { plan, telling } = this.#setting
    this.#size = (await plan.walSize?.()) ?? null
    if (this.#size === null) return
    if (this.#size < telling.walWarning) this.#next = telling.walWarning
    else if (this.#size >= this.#next) this.#warn(this.#size)
  }

  #warn(bytes: number): void {
    const { plan, telling, now, lanes } = this.#setting
    this.#next = 2 * bytes
    const holders = lanes().flatMap(({ holder }) => (holder ? [holder.stats(now())] : []))
    holders.sort((one, other) => other.heldFor - one.heldFor)
    telling.walGrown({ bytes, holders }, message(plan.label, bytes, holders))
  }
}

function message(label: string, bytes: number, holders: readonly HolderStats[]): string {
  const who = holders.length > 0 ? holders.map(describeHolder).join('; ') : 'none'
  return (
    `the write-ahead log of ${label} has grown to ${Math.round(bytes / 2 ** 20)} MiB: it cannot be emptied while somebody, ` +
    `here or in another process, reads an old state of the database. Connections lent by this pool: ${who}`
  )
}
