import { childInput, childOutput } from './harness/child.ts'
import type { TrialOrder } from './harness/runner.ts'
import { loadPeer } from './peers/index.ts'
import { findScenario } from './scenarios/index.ts'

const { scenario, peer, variant, folder, budget } = childInput<TrialOrder>()
childOutput(await findScenario(scenario).trial(await loadPeer(peer), variant, folder, budget))
