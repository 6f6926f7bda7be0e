import type { LaneObserver } from './lane-life.ts'
import type { Telling } from './telling.ts'

/** Tells the world what becomes of a pool's connections. */
export function laneNews(telling: Telling): LaneObserver {
  return {
    onOpened: ({ id, role }) => telling.connection('opened', { lane: id, role }),
    onOpenFailed: ({ id, role }, error) => telling.connection('openFailed', { lane: id, role, error }),
    onGone({ id, role }, failure) {
      if (failure) telling.connection('lost', { lane: id, role, error: failure.toError() })
      else telling.connection('closed', { lane: id, role })
    },
    onCloseFailed({ id, role }, failure) {
      telling.connection('closeFailed', { lane: id, role, error: failure.toError() })
    },
  }
}
