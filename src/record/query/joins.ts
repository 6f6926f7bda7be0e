import { type RawBuilder, sql } from '../../sql/index.ts'
import type { Definition, Relation, Step } from '../contract.ts'
import { modelError } from '../errors.ts'
import type { Shape } from '../statement.ts'
import type { Condition, Writing } from './condition.ts'
import { unknownRelation } from './includes.ts'

/** A relation whose rows stand beside those of the table. */
export interface Join {
  readonly kind: 'inner' | 'left'
  readonly relation: Relation
  readonly steps: readonly Step[]
  /** The name under which the target's table stands in the statement. */
  readonly alias: string
}

/** The relation of this name, joined. */
export function joinOf(definition: Definition, kind: Join['kind'], name: string): Join {
  const relation = relationOf(definition, name)
  return { kind, relation, steps: stepsOf(relation, name), alias: aliasOf(definition, name) }
}

export function relationOf(definition: Definition, name: unknown): Relation {
  const relation = typeof name === 'string' ? definition.relations.get(name) : undefined
  if (relation) return relation
  throw unknownRelation(definition, name)
}

/** How the rows of a relation are found in the statement itself. */
export function stepsOf({ owner, steps }: Relation, name: string): readonly Step[] {
  if (steps) return steps
  throw modelError('INVALID_QUERY', `${owner.name}.${name} cannot be joined: its records are not all of one table`)
}

// A table is joined under the name of the relation; the table of the statement itself may have that name.
function aliasOf({ table }: Definition, name: string): string {
  return name === table ? `joined ${name}` : name
}

export function describeJoins(joins: readonly Join[], shape: Shape): void {
  if (joins.length === 0) return
  shape.add(`join ${joins.length}`)
  for (const { kind, alias, steps } of joins) {
    shape.add(kind)
    describeSteps(alias, steps, shape)
  }
}

/** Describes the way to the rows of a relation, which ends under the name `alias`. */
export function describeSteps(alias: string, steps: readonly Step[], shape: Shape): void {
  shape.add(alias)
  shape.add(`steps ${steps.length}`)
  for (const { table, on, asText = false, where = [] } of steps) {
    shape.add(table)
    shape.add(`on ${on.length} ${where.length}${asText ? ' as text' : ''}`)
    for (const [before, here] of on) {
      shape.add(before)
      shape.add(here)
    }
    for (const condition of where) condition.describe(shape)
  }
}

export function writeJoins(joins: readonly Join[], writing: Writing): RawBuilder<unknown> {
  return sql.join(
    joins.flatMap(({ kind, alias, steps }) =>
      stepNames(alias, steps).map((name, at) => {
        const step = steps[at] as Step
        const before = at === 0 ? writing.table : stepName(alias, at - 1)
        return sql` ${sql.raw(kind)} join ${sql.id(step.table)} as ${sql.id(name)} on ${meets(step, before, name, writing)}`
      }),
    ),
    sql``,
  )
}

/** That the row under the name `here` is the one that a step leads to from the row under the name `before`. */
export function meets(
  { on, asText = false, where = [] }: Step,
  before: string,
  here: string,
  writing: Writing,
): RawBuilder<unknown> {
  // Others compare numbers with text by themselves.
  const same = (column: RawBuilder<unknown>) =>
    asText && writing.dialect === 'postgres' ? sql`cast(${column} as text)` : column
  const keys = on.map(([left, right]) => sql`${same(sql.id(before, left))} = ${same(sql.id(here, right))}`)
  const rest = where.map((condition: Condition) => condition.write({ ...writing, table: here }))
  return sql.join([...keys, ...rest], sql` and `)
}

/** The names under which the tables on the way to a relation's rows stand. The last is the relation's own. */
export function stepNames(alias: string, steps: readonly Step[]): readonly string[] {
  return steps.map((_, at) => (at === steps.length - 1 ? alias : stepName(alias, at)))
}

function stepName(alias: string, at: number): string {
  return `${alias} by ${at + 1}`
}
