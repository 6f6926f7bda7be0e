import type { Stateful } from '../contract.ts'
import type { BelongsToRelation } from './belongs-to.ts'
import type { BelongsToAnyRelation } from './belongs-to-any.ts'
import { clearChildren, createChild, newChild, setChildren } from './children.ts'
import { mustHaveRow, noParent, severalRows } from './errors.ts'
import { Handle } from './handle.ts'
import type { HasManyRelation } from './has-many.ts'
import { loadLazily } from './loading.ts'
import { newMember } from './new-member.ts'
import { setAnyParent, setParent } from './parent.ts'
import { RowHandle } from './row-handle.ts'

/** The one record that has the key of another. */
export class ChildHandle extends RowHandle<HasManyRelation> {
  get value(): Stateful | null {
    return this.#only(this.loaded)
  }

  async get(): Promise<Stateful | null> {
    const found = this.#only(await loadLazily(this.record, this.relation))
    const { makeDefault } = this.relation
    return found || !makeDefault ? found : await this.create(makeDefault())
  }

  async set(member: unknown): Promise<void> {
    await this.relation.ready()
    await setChildren(this.relation, this.record, member === null ? [] : [member])
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

  // Where nothing says which of several comes first, none is the one.
  #only([first, another]: readonly Stateful[]): Stateful | null {
    if (another && !this.relation.isOrdered) throw severalRows(this.relation)
    return first ?? null
  }
}

/** The record whose key another has. */
export class ParentHandle extends RowHandle<BelongsToRelation> {
  get value(): Stateful | null {
    return this.loaded[0] ?? null
  }

  async get(): Promise<Stateful | null> {
    return (await loadLazily(this.record, this.relation))[0] ?? null
  }

  async require(): Promise<Stateful> {
    const found = await this.get()
    if (found) return found
    throw noParent(this.relation)
  }

  async set(member: unknown): Promise<Stateful> {
    await this.relation.ready()
    await setParent(this.relation, this.record, member)
    return this.record
  }

  async clear(): Promise<void> {
    await this.relation.ready()
    await setParent(this.relation, this.record, null)
  }

  async create(attributes: object = {}): Promise<Stateful> {
    const { record, relation } = this
    mustHaveRow(record, relation)
    await relation.ready()
    const parent = newMember(relation.target, attributes)
    await relation.target.database.transaction(async () => {
      await parent.save()
      await setParent(relation, record, parent)
    })
    return parent
  }
}

/** The same where it may be of several models. */
export class AnyParentHandle extends Handle {
  declare readonly relation: BelongsToAnyRelation

  get value(): Stateful | null {
    return this.loaded[0] ?? null
  }

  async get(): Promise<Stateful | null> {
    return (await loadLazily(this.record, this.relation))[0] ?? null
  }

  async exists(): Promise<boolean> {
    return (await this.get()) !== null
  }

  async set(member: unknown): Promise<Stateful> {
    await setAnyParent(this.relation, this.record, member)
    return this.record
  }

  async clear(): Promise<void> {
    await setAnyParent(this.relation, this.record, null)
  }
}
