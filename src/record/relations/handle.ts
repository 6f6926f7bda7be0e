import { LOADED, PEERS, type Relation, type Stateful } from '../contract.ts'
import { notLoaded } from './errors.ts'

/** A relation of one record: what a field of its class holds. */
export class Handle {
  readonly record: Stateful
  readonly relation: Relation

  constructor(record: Stateful, relation: Relation) {
    this.record = record
    this.relation = relation
  }

  /** What was loaded. Throws if nothing was. */
  protected get loaded(): readonly Stateful[] {
    const loaded = this.record[LOADED]?.get(this.relation)
    if (loaded) return loaded
    throw notLoaded(this.relation)
  }

  get isLoaded(): boolean {
    return this.record[LOADED]?.has(this.relation) ?? false
  }

  /**
   * Loads what belongs to the record, unless that was done before. What belongs to the records that came with it from
   * the same query is loaded in the same query: a loop over them costs one, not one for each.
   */
  async load(): Promise<this> {
    if (!this.isLoaded) await this.relation.load(this.#withPeers(), new Map())
    return this
  }

  #withPeers(): readonly Stateful[] {
    const peers = this.record[PEERS]
    return peers ? peers.filter((peer) => !peer[LOADED]?.has(this.relation)) : [this.record]
  }
}
