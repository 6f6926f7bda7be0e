import type { Clock } from '../base/clock.ts'
import { Failure } from '../contract/failure.ts'
import type { Need } from './lane.ts'
import type { Telling } from './telling.ts'
import type { AcquireTrace } from './traces.ts'
import type { Granted } from './waiters.ts'

/** Waits for a lane, and lets subscribers of `offloop:pool:acquire` see it. */
export async function tracedWait(
  telling: Telling,
  clock: Clock,
  asked: { readonly intent: 'read' | 'write'; readonly need: Need },
  wait: () => Promise<Granted>,
): Promise<Granted> {
  const { intent, need } = asked
  const sql = need === 'whole' ? null : need.sql
  const trace: AcquireTrace = { ...telling.teller, sql, intent, lane: null, role: null, duration: 0 }
  const started = clock.now()
  return await telling.acquire(trace, async () => {
    const granted = await wait()
    trace.duration = clock.now() - started
    if (granted instanceof Failure) trace.error = granted.toError(sql ?? undefined)
    else if (granted) {
      trace.lane = granted.id
      trace.role = granted.role
    }
    return granted
  })
}
