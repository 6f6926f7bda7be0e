import type { LaneLife } from './lane-life.ts'

/** How lanes are drained. */
interface Draining {
  /** Nobody waits any longer. */
  isOver(): boolean
  /** Whether no readers are left without a writer beside them. */
  hasWriter(): boolean
  readonly afterReaders?: (() => Promise<void>) | null | undefined
}

/** Waits for those who are on, closes all connections; does no more once it is over. */
export async function drain(life: LaneLife, { isOver, hasWriter, afterReaders }: Draining): Promise<void> {
  await Promise.allSettled(life.openings)
  if (isOver()) return
  const hadWriter = hasWriter()
  // The writer goes last: what the last connection to a SQLite file leaves behind, only it can clear away.
  await Promise.all(life.lanes.filter(({ role }) => role !== 'writer').map((lane) => life.retire(lane)))
  await Promise.all(life.lanes.map((lane) => life.retire(lane)))
  if (!hadWriter && !isOver()) await afterReaders?.()
}
