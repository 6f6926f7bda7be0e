import { DEFINITION, LOADED, type Relation, type Stateful } from '../contract.ts'
import { become } from '../persist/undo.ts'

/** What was loaded of a relation of a record; null if nothing was, or if it belonged to another key than it has now. */
export function loadedOf(record: Stateful, relation: Relation): readonly Stateful[] | null {
  const part = record[LOADED]?.get(relation)
  return part && part.key === relation.keyOf(record) ? part.records : null
}

/** From now on this is what belongs to the record. */
export function keepLoaded(record: Stateful, relation: Relation, records: readonly Stateful[]): void {
  const own = ownRelation(record, relation)
  record[LOADED] ??= new Map()
  record[LOADED].set(own, { key: own.keyOf(record), records })
}

/** The same after a write: until the transaction around is rolled back. */
export function keepWritten(record: Stateful, relation: Relation, records: readonly Stateful[]): void {
  become(record, () => keepLoaded(record, relation, records))
}

/** What was loaded, if anything was, is from now on what `change` makes of it, after a write. */
export function changeLoaded(
  record: Stateful,
  relation: Relation,
  change: (records: readonly Stateful[]) => readonly Stateful[],
): void {
  const records = loadedOf(record, relation)
  if (records) keepWritten(record, relation, change(records))
}

// Records of a subclass have that class's own relations.
function ownRelation(record: Stateful, relation: Relation): Relation {
  const definition = record[DEFINITION]
  return definition === relation.owner ? relation : (definition.relations.get(relation.name) ?? relation)
}
