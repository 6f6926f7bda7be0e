import type { Value } from '../../contract/value.ts'
import type { Attribute } from '../attribute-list.ts'
import type { Definition, Slot, Stateful } from '../contract.ts'
import { wholeTable } from '../query/plan.ts'
import { equalToAny, matching } from './conditions.ts'
import type { JoinedRelation } from './joined.ts'
import type { LinkValues } from './link-entries.ts'
import type { LinkStore, NewLink } from './link-store.ts'
import { deleteRows, inChunks, insertRows, readRows, updateRows } from './rows.ts'

/** Links as rows of a table of their own. */
export class TableLinks implements LinkStore {
  readonly #relation: JoinedRelation

  constructor(relation: JoinedRelation) {
    this.#relation = relation
  }

  get links(): Definition {
    return this.#relation.links
  }

  check(): void {
    // Every link can be written.
  }

  async current(owner: Stateful): Promise<readonly Slot[]> {
    const { links } = this.#relation
    const rows = await readRows({ ...wholeTable(links), conditions: [this.#of(owner)] }, [links.targetKey])
    return rows.map(([raw]) => raw)
  }

  async link(owner: Stateful, made: readonly NewLink[]): Promise<void> {
    const { links } = this.#relation
    // Links with different attributes have statements of their own: what was not given is for the database to fill in.
    const alike = Map.groupBy(made, ({ values }) => JSON.stringify([...(values?.keys() ?? [])].map(({ name }) => name)))
    for (const some of alike.values()) {
      const own: Attribute[] = [...(some[0]?.values?.keys() ?? [])]
      const rows = some.map(({ raw, values }) => {
        const others = own.map((attribute) => values?.get(attribute) ?? null)
        return [this.#relation.rawOf(owner) as Value, raw as Value, ...others]
      })
      await insertRows(links, [links.ownerKey, links.targetKey, ...own], rows)
    }
  }

  async change(owner: Stateful, raw: Slot, values: LinkValues): Promise<void> {
    const { links } = this.#relation
    if (values.size > 0) await updateRows(links, values, [this.#of(owner), equalToAny(links.targetKey, [raw])])
  }

  async unlink(owner: Stateful, raws: readonly Slot[]): Promise<void> {
    const { links } = this.#relation
    await inChunks(links, links.targetKey, raws, (among) => deleteRows(links, [this.#of(owner), ...among]))
  }

  /** Nothing is linked with the owner any more; in a table that links records of one model, neither is it with others. */
  async forget(owner: Stateful): Promise<void> {
    const { links, isToItself } = this.#relation
    await deleteRows(links, [this.#of(owner)])
    if (isToItself) await deleteRows(links, [equalToAny(links.targetKey, [this.#relation.rawOf(owner)])])
  }

  #of(owner: Stateful) {
    const { links, ownerSide } = this.#relation
    return matching(links.ownerKey, { values: [this.#relation.rawOf(owner)] }, ownerSide)
  }
}
