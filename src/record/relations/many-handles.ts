import type { Stateful } from '../contract.ts'
import { addChildren, clearChildren, createChild, newChild, removeChildren, setChildren } from './children.ts'
import { mustHaveRow, notBuilt } from './errors.ts'
import type { HasManyRelation } from './has-many.ts'
import type { JoinedRelation } from './joined.ts'
import type { LinkStore } from './link-store.ts'
import { type Linked, linkedOf } from './linked.ts'
import { addLinks, createLinked, removeLinks, setLinks } from './links.ts'
import { loadLazily } from './loading.ts'
import { RecordLinks } from './record-links.ts'
import type { OneModelRelation } from './relation.ts'
import { RowHandle } from './row-handle.ts'
import { TableLinks } from './table-links.ts'
import type { ThroughRelation } from './through.ts'

abstract class ManyHandle<R extends OneModelRelation> extends RowHandle<R> {
  get value(): readonly Stateful[] {
    return this.loaded
  }

  async get(given?: object): Promise<readonly Stateful[]> {
    return given === undefined ? await loadLazily(this.record, this.relation) : await this.select(given)
  }

  async first(given: object = {}): Promise<Stateful | null> {
    const [record] = await this.select({ ...given, limit: 1 })
    return record ?? null
  }
}

export class ChildrenHandle extends ManyHandle<HasManyRelation> {
  async set(members: unknown): Promise<void> {
    await this.relation.ready()
    await setChildren(this.relation, this.record, members)
  }

  async add(...members: unknown[]): Promise<void> {
    await this.relation.ready()
    await addChildren(this.relation, this.record, members)
  }

  async remove(...members: unknown[]): Promise<void> {
    await this.relation.ready()
    await removeChildren(this.relation, this.record, members)
  }

  async clear(): Promise<void> {
    await this.relation.ready()
    await clearChildren(this.relation, this.record)
  }

  async create(attributes: object = {}): Promise<Stateful> {
    await this.relation.ready()
    return await createChild(this.relation, this.record, attributes)
  }

  build(attributes: object = {}): Stateful {
    return newChild(this.relation, this.record, attributes)
  }
}

abstract class LinkedHandle<R extends OneModelRelation> extends ManyHandle<R> {
  protected abstract get store(): LinkStore

  async set(members: unknown): Promise<void> {
    await this.relation.ready()
    await setLinks(this.relation, this.store, this.record, members)
  }

  async add(...members: unknown[]): Promise<void> {
    await this.relation.ready()
    await addLinks(this.relation, this.store, this.record, members)
  }

  async remove(...members: unknown[]): Promise<void> {
    await this.relation.ready()
    await removeLinks(this.relation, this.store, this.record, members)
  }

  async clear(): Promise<void> {
    await this.relation.ready()
    await setLinks(this.relation, this.store, this.record, [])
  }

  async create(given: object = {}, attributes?: object): Promise<Stateful> {
    await this.relation.ready()
    return await createLinked(this.relation, this.store, this.record, given, attributes)
  }
}

export class JoinedHandle extends LinkedHandle<JoinedRelation> {
  protected get store(): LinkStore {
    return new TableLinks(this.relation)
  }

  async links(given: object = {}): Promise<Linked[]> {
    mustHaveRow(this.record, this.relation)
    await this.relation.ready()
    return await linkedOf(this.relation, this.record, given)
  }
}

export class ThroughHandle extends LinkedHandle<ThroughRelation> {
  build(): never {
    throw notBuilt(this.relation)
  }

  protected get store(): LinkStore {
    return new RecordLinks(this.relation)
  }
}
