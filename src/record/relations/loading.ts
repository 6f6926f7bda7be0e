import { DEFINITION, type Includes, PEERS, type Relation, STATUS, type Stateful } from '../contract.ts'
import { mustHaveRow } from './errors.ts'
import { loadedOf } from './loaded.ts'
import { refuseLazyLoad } from './strict.ts'

const NOTHING: Includes = new Map()

/** What is being loaded, and the transaction in which that is: what another one sees may be something else. */
interface Loading {
  readonly whole: object | null
  readonly done: Promise<void>
}

/** What is being loaded, by the records it is loaded for: who asks for the same meanwhile waits for it. */
const underWay = new WeakMap<object, Map<Relation, Loading>>()

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
  const whole = record[DEFINITION].database.around?.whole ?? null
  const others = underWay.get(group) ?? new Map<Relation, Loading>()
  underWay.set(group, others)
  const other = others.get(relation)
  // Whoever began it is told if it fails; this one then tries alone.
  if (other?.whole === whole) return await other.done.catch(() => undefined)
  const loading = { whole, done: relation.load(peersOf(record, relation), NOTHING) }
  others.set(relation, loading)
  try {
    await loading.done
  } finally {
    if (others.get(relation) === loading) others.delete(relation)
  }
}

function peersOf(record: Stateful, relation: Relation): readonly Stateful[] {
  const peers = record[PEERS]
  if (!peers) return [record]
  return peers.filter((peer) => {
    return peer[DEFINITION] === record[DEFINITION] && peer[STATUS] === 'stored' && !loadedOf(peer, relation)
  })
}
