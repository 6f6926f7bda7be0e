import { modelError } from '../errors.ts'
import { Joined } from './condition.ts'
import type { Join } from './joins.ts'
import type { Plan } from './plan.ts'

/** What both plans ask for; where only one can hold, order and limit, what the second one says. */
export function merged(plan: Plan, other: Plan): Plan {
  mustBeOfOneModel(plan, other)
  return {
    ...plan,
    nothing: plan.nothing || other.nothing,
    joins: unitedJoins(plan.joins, other.joins),
    conditions: [...plan.conditions, ...other.conditions],
    group: [...plan.group, ...other.group],
    having: [...plan.having, ...other.having],
    order: other.order.length > 0 ? other.order : plan.order,
    limit: other.limit ?? plan.limit,
    offset: other.offset > 0 ? other.offset : plan.offset,
    selected: other.selected ?? plan.selected,
    distinct: plan.distinct || other.distinct,
    forUpdate: plan.forUpdate || other.forUpdate,
    includes: new Map([...plan.includes, ...other.includes]),
  }
}

/** What fulfils the conditions of one plan or of the other. All else is as the first one says. */
export function either(plan: Plan, other: Plan): Plan {
  mustBeOfOneModel(plan, other)
  if (other.limit !== null || other.offset > 0 || other.group.length > 0) {
    throw modelError('INVALID_QUERY', 'or() takes what has conditions only, no limit, offset or group')
  }
  if (other.nothing) return plan
  const sides = [new Joined('and', plan.conditions), new Joined('and', other.conditions)]
  const joins = unitedJoins(plan.joins, other.joins)
  return plan.nothing
    ? { ...plan, nothing: false, joins, conditions: other.conditions }
    : { ...plan, joins, conditions: [new Joined('or', sides)] }
}

function unitedJoins(joins: readonly Join[], others: readonly Join[]): readonly Join[] {
  return others.reduce(withJoin, joins)
}

/** A relation is joined once: so that it must be there, if anybody asked for that. */
export function withJoin(joins: readonly Join[], join: Join): readonly Join[] {
  const known = joins.find(({ alias }) => alias === join.alias)
  if (!known) return [...joins, join]
  if (known.kind === 'inner' || join.kind === 'left') return joins
  return joins.map((other) => (other === known ? join : other))
}

function mustBeOfOneModel({ definition }: Plan, other: Plan): void {
  if (definition === other.definition) return
  throw modelError('INVALID_QUERY', `a query of ${definition.name} and one of ${other.definition.name} cannot be one`)
}
