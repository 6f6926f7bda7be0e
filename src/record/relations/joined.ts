import { sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import type { Columns } from '../columns/column.ts'
import type { Definition, Key, Slot, Stateful, Step } from '../contract.ts'
import type { Condition } from '../query/condition.ts'
import { ref } from '../query/condition.ts'
import type { Plan } from '../query/plan.ts'
import { writeRows } from '../query/rows.ts'
import { recordsFrom } from '../query/select.ts'
import { asked, describeSelection, selected } from '../query/selection.ts'
import { conditionOf } from '../query/where.ts'
import { AmongSelected, matching } from './conditions.ts'
import { DirectRelation } from './direct.ts'
import { wrongRelation } from './errors.ts'
import { customary, JoinTable } from './join-table.ts'
import { keyOfRaw, rawOf } from './key.ts'
import { isKin, namesOf } from './lineage.ts'
import { namedOrKey, singleKey } from './names.ts'
import type { Owners } from './owners.ts'
import type { Found, Scoped } from './relation.ts'

export interface JoinedGiven extends Scoped {
  readonly joinTable?: string
  readonly foreignKey?: string
  readonly associationForeignKey?: string
  readonly primaryKey?: string
  readonly attributes?: Columns
}

/** A table of links relates owners to targets, many to many. */
export class JoinedRelation extends DirectRelation {
  readonly #given: JoinedGiven
  #links: JoinTable | null = null

  constructor(owner: Definition, model: () => object, given: JoinedGiven) {
    super(owner, model, true, given)
    this.#given = given
  }

  get ownerSide(): Attribute {
    return namedOrKey(this.owner, this.#given.primaryKey)
  }

  get targetSide(): Attribute {
    return singleKey(this.target)
  }

  /** It leads from records of a model to others of the same. */
  get isToItself(): boolean {
    return isKin(this.owner, this.target)
  }

  get links(): JoinTable {
    this.#links ??= this.#findLinks()
    return this.#links
  }

  rawOf(owner: Stateful): Slot {
    return rawOf(owner, this.ownerSide)
  }

  /** What a caller wants of the links. */
  linkConditions(joinWhere: unknown): readonly Condition[] {
    return joinWhere === undefined ? [] : [conditionOf(this.links, joinWhere)]
  }

  conditionsFor(owners: Owners, ofLinks: readonly Condition[] = []): readonly Condition[] {
    const { table, ownerKey, targetKey } = this.links
    const conditions = [matching(ownerKey, owners, this.ownerSide), ...ofLinks]
    return [new AmongSelected(this.targetSide, { table, column: targetKey, conditions })]
  }

  get steps(): readonly Step[] | undefined {
    const { links, ownerSide, targetSide, target } = this
    const where = this.conditionsOfSteps
    return (
      where && [
        { table: links.table, on: [[ownerSide.column, links.ownerKey.column]] },
        { table: target.table, on: [[links.targetKey.column, targetSide.column]], where },
      ]
    )
  }

  // The rows of the target, each with the key of an owner: one that belongs to several comes once for each.
  protected async fetch(values: readonly Slot[], given: Plan): Promise<Found> {
    const { table, ownerKey, targetKey } = this.links
    const where = [matching(ownerKey, { values }, this.ownerSide)]
    const steps = [{ table, on: [[this.targetSide.column, targetKey.column] as const], where }]
    const plan = { ...given, joins: [{ kind: 'inner', relation: this, steps, alias: LINK } as const, ...given.joins] }
    const { statement, values: bound } = asked(
      `linked ${ownerKey.column}`,
      plan,
      (writing) => {
        const columns = selected(plan).map((attribute) => ref(attribute, writing))
        return sql`select ${sql.join(columns)}, ${sql.id(LINK, ownerKey.column)}${writeRows(plan, writing)}`
      },
      describeSelection,
    )
    return await this.#shared(given, await given.definition.database.query(statement, bound))
  }

  // One record for each row, whoever it belongs to.
  async #shared(plan: Plan, rows: Slot[][]): Promise<Found> {
    const { index } = this.targetSide
    const owners = rows.map((row) => keyOfRaw(row.pop()) as Key)
    const distinct = new Map(rows.map((row) => [keyOfRaw(row[index]) as Key, row]))
    const all = await recordsFrom(plan, [...distinct.values()])
    const records = new Map([...distinct.keys()].map((key, at) => [key, all[at] as Stateful]))
    const byKey = new Map<Key, Set<Stateful>>()
    for (const [at, row] of rows.entries()) {
      const owner = owners[at] as Key
      const record = records.get(keyOfRaw(row[index]) as Key) as Stateful
      const known = byKey.get(owner)
      if (known) known.add(record)
      else byKey.set(owner, new Set([record]))
    }
    return { byKey: new Map([...byKey].map(([owner, linked]) => [owner, [...linked]])), all }
  }

  #findLinks(): JoinTable {
    const { owner, target } = this
    const { joinTable, foreignKey, associationForeignKey, attributes } = this.#given
    const ownerColumn = foreignKey ?? customary.column(namesOf(owner).at(-1) ?? owner.name)
    const targetColumn = associationForeignKey ?? customary.column(namesOf(target).at(-1) ?? target.name)
    if (ownerColumn === targetColumn) {
      throw wrongRelation(
        this,
        `both keys of a link would be in ${ownerColumn}: the options foreignKey and associationForeignKey name them`,
      )
    }
    return new JoinTable({
      table: joinTable ?? customary.table(owner.table, target.table),
      ownerSide: this.ownerSide,
      targetSide: this.targetSide,
      ownerColumn,
      targetColumn,
      columns: attributes ?? {},
      database: () => target.database,
    })
  }
}

const LINK = 'offloop_link'
