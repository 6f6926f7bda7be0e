import type { Columns } from '../columns/column.ts'
import type { Stateful } from '../contract.ts'
import { countRows, hasRows } from '../query/count.ts'
import { queryOf } from '../query/model-query.ts'
import type { Plan } from '../query/plan.ts'
import type { Query } from '../query/query.ts'
import { selectRecords } from '../query/select.ts'
import { equalToAny } from './conditions.ts'
import { mustHaveRow, titleOf, wrongRelation } from './errors.ts'
import { Handle } from './handle.ts'
import { JoinedRelation } from './joined.ts'
import { rawOf } from './key.ts'
import { checkedMember } from './members.ts'
import { singleKey } from './names.ts'
import type { OneModelRelation } from './relation.ts'
import { checkWanted, checkWantedAny, type GivenWanted, narrowed } from './wanted.ts'

/** A relation of one record to records of one model: its rows can be asked for. */
export abstract class RowHandle<R extends OneModelRelation = OneModelRelation> extends Handle {
  declare readonly relation: R

  query(given: object = {}): Query<never, Columns> {
    const { joinWhere } = checkWantedAny(given, titleOf(this.relation))
    return queryOf(this.plan({ joinWhere }))
  }

  async count(given: object = {}): Promise<number> {
    await this.relation.ready()
    return await countRows(this.planAny(given))
  }

  async exists(given: object = {}): Promise<boolean> {
    await this.relation.ready()
    return await hasRows(this.planAny(given))
  }

  async has(member: unknown): Promise<boolean> {
    await this.relation.ready()
    const { target } = this.relation
    const checked = checkedMember(this.relation, target, member)
    const key = singleKey(target)
    const plan = this.plan({})
    return await hasRows({ ...plan, conditions: [...plan.conditions, equalToAny(key, [rawOf(checked, key)])] })
  }

  protected async select(given: object): Promise<Stateful[]> {
    const wanted = checkWanted(given, titleOf(this.relation))
    await this.relation.ready()
    return await selectRecords(narrowed(this.plan(wanted), wanted))
  }

  /** The rows that belong to the record. */
  protected plan({ joinWhere }: GivenWanted): Plan {
    const { record, relation } = this
    mustHaveRow(record, relation)
    if (joinWhere === undefined) return relation.planFor(record)
    return relation.planFor(record, linkConditions(relation, joinWhere))
  }

  private planAny(given: object): Plan {
    const wanted = checkWantedAny(given, titleOf(this.relation))
    return narrowed(this.plan(wanted), wanted)
  }
}

function linkConditions(relation: OneModelRelation, joinWhere: unknown) {
  if (relation instanceof JoinedRelation) return relation.linkConditions(joinWhere)
  throw wrongRelation(relation, 'joinWhere is for relations by a table of links')
}
