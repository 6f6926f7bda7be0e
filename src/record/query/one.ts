import { sql } from '../../sql/index.ts'
import { afterInit } from '../callbacks/init.ts'
import type { Stateful } from '../contract.ts'
import { NotFoundError, NotUniqueError } from '../errors.ts'
import { Fragment, ref } from './condition.ts'
import { recordsOf } from './hydrate.ts'
import { byKey, reversed } from './order.ts'
import { isEmpty, isSlice, type Plan, slice } from './plan.ts'
import { describeBy, orderOf } from './rows.ts'
import { loadIncluded, selectRecords } from './select.ts'
import { asked, describeSelection, selected, writeSelection } from './selection.ts'

/** The record at a position of those that a plan means, or null. */
export async function recordAt(plan: Plan, index: number): Promise<Stateful | null> {
  const [record] = await selectRecords(slice(byKey(plan), index, index + 1))
  return record ?? null
}

/** The last of the records that a plan means, or null: the first of the reversed order. */
export async function lastRecord(plan: Plan): Promise<Stateful | null> {
  if (!isSlice(plan)) return await recordAt(reversed(plan), 0)
  if (isEmpty(plan)) return null
  if (needsWhole(plan)) return (await selectRecords(byKey(plan))).at(-1) ?? null
  return await lastOfSlice(byKey(plan))
}

/** The one record that a plan means. Two are asked for at most. */
export async function onlyRecord(plan: Plan): Promise<Stateful | null> {
  const [record, another] = await selectRecords(slice(plan, 0, 2))
  if (another) throw notUnique(plan)
  return record ?? null
}

export function notFound({ definition: { name } }: Plan): NotFoundError {
  return new NotFoundError(`no ${name} fulfils the conditions`, { code: 'NOT_FOUND', kind: 'notFound' })
}

function notUnique({ definition: { name } }: Plan): NotUniqueError {
  return new NotUniqueError(`more than one ${name} fulfils the conditions`, { code: 'NOT_UNIQUE', kind: 'notUnique' })
}

// What rows are sorted by is then not among what the slice gives: its rows are read, and the last one taken.
function needsWhole({ distinct, joins, group, order }: Plan): boolean {
  return distinct || joins.length > 0 || group.length > 0 || order.some(({ by }) => by instanceof Fragment)
}

async function lastOfSlice(plan: Plan): Promise<Stateful | null> {
  const { table, database } = plan.definition
  const whole = { ...plan, selected: null }
  const { order } = reversed(plan)
  const { statement, values } = asked(
    'last',
    plan,
    (writing) => {
      const columns = selected(plan).map((attribute) => ref(attribute, writing))
      const rows = writeSelection(whole, writing)
      return sql`select ${sql.join(columns)} from (${rows}) as ${sql.id(table)}${orderOf({ order }, writing)} limit 1`
    },
    (_, shape) => {
      shape.add(
        selected(plan)
          .map(({ column }) => JSON.stringify(column))
          .join(),
      )
      describeSelection(whole, shape)
      for (const { by } of order) describeBy(by, shape)
    },
  )
  const records = await recordsOf(plan, await database.query(statement, values))
  await loadIncluded(plan, records)
  await afterInit(records)
  return records[0] ?? null
}
