import { type RawBuilder, sql } from '../../sql/index.ts'
import { ref, type Writing } from './condition.ts'
import { type Measure, measureOf, measuresOf } from './measure.ts'
import { isEmpty, isSlice, type Plan } from './plan.ts'
import { describeRows, writeRows } from './rows.ts'
import { asked } from './selection.ts'

/** What several measures give over the rows that a plan means; null where there are none, 0 for a count. */
export async function aggregate(plan: Plan, measures: readonly Measure[]): Promise<unknown[]> {
  const { database } = plan.definition
  if (isEmpty(plan)) return measures.map((measure) => measure.ofNothing)
  const { statement, values } = aggregation(plan, measures)
  const [row = []] = await database.query(statement, values)
  return measures.map((measure, at) => measure.read(row[at]))
}

/** The same by the names that a caller gave to measures. */
export async function aggregateByName(plan: Plan, measures: unknown): Promise<Record<string, unknown>> {
  const named = measuresOf(plan.definition, measures)
  const values = await aggregate(plan, [...named.values()])
  return Object.fromEntries([...named.keys()].map((name, at) => [name, values[at]]))
}

/** What one measure gives over the values of an attribute. */
export async function measureBy(plan: Plan, name: string, attribute: string): Promise<unknown> {
  const [value] = await aggregate(plan, [measureOf(plan.definition, [name, attribute])])
  return value
}

function aggregation(plan: Plan, measures: readonly Measure[]): ReturnType<typeof asked> {
  const isPart = isSlice(plan) || plan.distinct || plan.group.length > 0
  const rows = { ...plan, order: isSlice(plan) ? plan.order : [], forUpdate: false }
  return asked(
    isPart ? 'aggregate part' : 'aggregate',
    rows,
    (writing) => (isPart ? ofPart(rows, measures, writing) : ofAll(rows, measures, writing)),
    (_, shape) => {
      shape.add(`${plan.distinct} ${measures.length}`)
      for (const { key } of measures) shape.add(key)
      describeRows(rows, shape)
    },
  )
}

function ofAll(plan: Plan, measures: readonly Measure[], writing: Writing): RawBuilder<unknown> {
  const columns = measures.map(({ attribute, write }) => write(attribute && ref(attribute, writing)))
  return sql`select ${sql.join(columns)}${writeRows(plan, writing)}`
}

// The rows of the part have a column for each attribute, under its own name.
function ofPart(plan: Plan, measures: readonly Measure[], writing: Writing): RawBuilder<unknown> {
  const attributes = [...new Set(measures.flatMap(({ attribute }) => attribute ?? []))]
  const columns = attributes.length > 0 ? attributes.map((attribute) => ref(attribute, writing)) : [sql`1`]
  const values = measures.map(({ attribute, write }) => write(attribute && sql.id('part', attribute.column)))
  const distinct = sql.raw(plan.distinct ? 'distinct ' : '')
  return sql`select ${sql.join(values)} from (select ${distinct}${sql.join(columns)}${writeRows(plan, writing)}) as part`
}
