import { DEFINITION, PEERS, type Relation, type Stateful } from '../contract.ts'
import { loadsStrictly } from './errors.ts'

/*
 * Records that load strictly are known by the list of their peers: a record needs nothing of its own for it.
 */
const strict = new WeakSet<readonly Stateful[]>()

/** The records of this list load nothing by themselves. */
export function markStrict(peers: readonly Stateful[]): void {
  strict.add(peers)
}

function isStrict({ [PEERS]: peers, [DEFINITION]: definition }: Stateful): boolean {
  return definition.strict || (peers !== null && strict.has(peers))
}

/** Throws if the record must not load what was not asked for with it. */
export function refuseLazyLoad(record: Stateful, relation: Relation): void {
  if (isStrict(record)) throw loadsStrictly(relation)
}

/** What records load strictly goes on to what is loaded for them. */
export function strictnessOf(owners: readonly Stateful[]): boolean {
  const [first] = owners
  return first !== undefined && isStrict(first)
}

/** Records that several statements gave know of each other as if one had. */
export function joinPeers(records: readonly Stateful[]): void {
  const [first] = records
  if (first && isStrict(first)) markStrict(records)
  for (const record of records) record[PEERS] = records
}
