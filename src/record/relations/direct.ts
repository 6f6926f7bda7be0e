import type { Slot, Stateful } from '../contract.ts'
import type { Plan } from '../query/plan.ts'
import { chunksOf } from './chunks.ts'
import { distinctRaws } from './key.ts'
import { type Found, OneModelRelation, type Refine } from './relation.ts'
import { joinPeers, strictnessOf } from './strict.ts'

/** Relations whose records are found in one statement by what the database has for their owners. */
export abstract class DirectRelation extends OneModelRelation {
  /** What belongs to the owners with these values, of what a plan for the target means. */
  protected abstract fetch(values: readonly Slot[], plan: Plan): Promise<Found>

  async collect(owners: readonly Stateful[], refine: Refine): Promise<Found> {
    const values = distinctRaws(owners.map((owner) => this.rawOf(owner)))
    if (values.length === 0) return { byKey: new Map(), all: [] }
    const strict = strictnessOf(owners)
    const found: Found[] = []
    for (const part of chunksOf(this.target.database, values)) {
      const plan = this.plan()
      found.push(await this.fetch(part, refine(strict ? { ...plan, strict } : plan)))
    }
    return joined(found)
  }
}

function joined(found: readonly Found[]): Found {
  const [only] = found
  if (only && found.length === 1) return only
  const all = found.flatMap((part) => part.all)
  joinPeers(all)
  return { byKey: new Map(found.flatMap((part) => [...part.byKey])), all }
}
