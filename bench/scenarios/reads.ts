import { closedLoop, inOrder, type Work, warmUp } from '../harness/closed-loop.ts'
import { measure } from '../harness/figures.ts'
import { hashOf } from '../harness/hash.ts'
import { seededRandom } from '../harness/random.ts'
import type { Conditions, Trial } from '../harness/scenario.ts'
import { ability, type Peer, type Row } from '../peers/peer.ts'
import { equalSettings, verifySettings } from '../peers/settings.ts'
import { checkedIds, POINT_READ, usersFile } from '../tables/users.ts'

export type Read = (id: number) => Promise<Row | undefined>

export interface Reads {
  readonly rows: number
  readonly inFlight: number
  readonly settings: 'equal' | 'defaults'
  /** The peer's own choice unless given. */
  readonly connections?: number
}

/** Reads rows of `users` by random ids in a closed loop. */
export async function timedReads(peer: Peer, reads: Reads, conditions: Conditions): Promise<Trial> {
  const settings = reads.settings === 'equal' ? equalSettings : null
  const session = await peer.open(usersFile(conditions.folder, reads.rows), settings, reads.connections)
  const isBare = conditions.peer === 'bare-thread'
  if (settings && !isBare) await verifySettings(session, settings)
  const read: Read = ability(session, 'one')(POINT_READ)
  const hash = isBare ? null : await hashOfRows(read, reads)
  const work = isBare ? { ...workOf(read, reads.rows), check: () => {} } : workOf(read, reads.rows)
  await warmUp(reads.inFlight, conditions.warmUpMilliseconds, work)
  const figures = await measure(() => closedLoop(reads.inFlight, conditions.timedMilliseconds, work))
  await session.close()
  return { hash, figures }
}

export function workOf(read: Read, rows: number): Work<number, Row | undefined> {
  const random = seededRandom(20_250_101)
  return { next: () => 1 + random(rows), operation: read, check: checkRow }
}

export function checkRow(id: number, row: Row | undefined): void {
  if (row?.id !== id) throw new Error(`Read row ${row?.id} instead of ${id}`)
}

export async function hashOfRows(read: Read, { rows, inFlight }: Pick<Reads, 'rows' | 'inFlight'>): Promise<string> {
  return hashOf(await inOrder(inFlight, checkedIds(rows), read))
}
