import { DEFINITION, type Relation, type Stateful } from '../contract.ts'
import { unknownRelation } from '../query/includes.ts'
import { keepLoaded } from './loaded.ts'

/** What belongs to an owner knows it, by the relation of this name. */
export function propagateInverse(
  relation: Relation,
  inverse: string | undefined,
  owner: Stateful,
  records: readonly Stateful[],
): void {
  if (inverse === undefined || records.length === 0) return
  for (const record of records) {
    const back = record[DEFINITION].relations.get(inverse)
    if (!back) throw unknownRelation(relation.target, inverse)
    keepLoaded(record, back, [owner])
  }
}
