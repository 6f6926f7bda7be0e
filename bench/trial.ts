import { childInput, childOutput } from './harness/child.ts'
import type { TrialOrder } from './harness/runner.ts'
import type { Trial } from './harness/scenario.ts'
import { loadPeer } from './peers/index.ts'
import { findScenario } from './scenarios/index.ts'

const order = childInput<TrialOrder>()
const scenario = findScenario(order.scenario)
const peer = await loadPeer(order.peer)

async function trials(): Promise<Trial[]> {
  if (peer.trials) return await peer.trials(order)
  const { firstMilliseconds, warmUpMilliseconds, timedMilliseconds } = order.budget
  const done: Trial[] = []
  for (const variant of order.variants) {
    const conditions = {
      peer: order.peer,
      folder: order.folder,
      warmUpMilliseconds: done.length === 0 ? firstMilliseconds : warmUpMilliseconds,
      timedMilliseconds,
    }
    done.push(await scenario.trial(peer, variant, conditions))
  }
  return done
}

childOutput(await trials())
