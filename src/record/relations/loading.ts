import { DEFINITION, type Includes, PEERS, type Relation, STATUS, type Stateful } from '../contract.ts'
import { mustHaveRow } from './errors.ts'
import { loadedOf } from './loaded.ts'
import { refuseLazyLoad } from './strict.ts'

const NOTHING: Includes = new Map()

/** What is being loaded, by the records it is loaded for: who asks for the same meanwhile waits for it. */
const underWay = new WeakMap<object, Map<Relation, Promise<void>>>()

/**
 * Loads what belongs to a record, unless that was done before: for all records that came with it from the same query, in
 * one query.
 */
export async function loadLazily(record: Stateful, relation: Relation): Promise<readonly Stateful[]> {
  mustHaveRow(record, relation)
  const loaded = loadedOf(record, relation)
  if (loaded) return loaded
  refuseLazyLoad(record, relation)
  await loadTogether(record, relation)
  return loadedOf(record, relation) ?? (await loadAlone(record, relation))
}

/** Loads what belongs to a record anew, for it alone. */
export async function loadAlone(record: Stateful, relation: Relation): Promise<readonly Stateful[]> {
  mustHaveRow(record, relation)
  await relation.load([record], NOTHING)
  return loadedOf(record, relation) ?? []
}

async function loadTogether(record: Stateful, relation: Relation): Promise<void> {
  const group = record[PEERS] ?? record
  const others = underWay.get(group) ?? new Map<Relation, Promise<void>>()
  underWay.set(group, others)
  const other = others.get(relation)
  // Whoever began it is told if it fails; this one then tries alone.
  if (other) return await other.catch(() => undefined)
  const loading = relation.load(peersOf(record, relation), NOTHING)
  others.set(relation, loading)
  try {
    await loading
  } finally {
    others.delete(relation)
  }
}

function peersOf(record: Stateful, relation: Relation): readonly Stateful[] {
  const peers = record[PEERS]
  if (!peers) return [record]
  return peers.filter((peer) => {
    return peer[DEFINITION] === record[DEFINITION] && peer[STATUS] === 'stored' && !loadedOf(peer, relation)
  })
}
