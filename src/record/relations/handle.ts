import type { Relation, Stateful } from '../contract.ts'
import { notLoaded } from './errors.ts'
import { loadedOf } from './loaded.ts'
import { loadAlone, loadLazily } from './loading.ts'

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
    const loaded = loadedOf(this.record, this.relation)
    if (loaded) return loaded
    throw notLoaded(this.relation)
  }

  get isLoaded(): boolean {
    return loadedOf(this.record, this.relation) !== null
  }

  async load(): Promise<this> {
    await loadLazily(this.record, this.relation)
    return this
  }

  async reload(): Promise<this> {
    await loadAlone(this.record, this.relation)
    return this
  }
}
