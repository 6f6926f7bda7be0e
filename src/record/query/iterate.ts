import { afterInit } from '../callbacks/init.ts'
import type { Slot, Stateful } from '../contract.ts'
import { loadSchema } from '../schema/load.ts'
import { recordsOf } from './hydrate.ts'
import { isEmpty, type Plan } from './plan.ts'
import { loadIncluded } from './select.ts'
import { selection } from './selection.ts'

/** How many rows are fetched together, and how many records know of each other. */
const PAGE = 500

/** The records that a plan means, one after the other, without ever holding all of them. */
export async function* recordsOneByOne(plan: Plan): AsyncGenerator<Stateful, void, undefined> {
  if (isEmpty(plan)) return
  await loadSchema(plan.definition)
  for await (const rows of pagesOf(plan)) {
    const records = await recordsOf(plan, rows)
    await loadIncluded(plan, records)
    await afterInit(records)
    yield* records
  }
}

// With one connection alone nobody could ask anything while it streams, not even for a relation of what it gave.
async function* pagesOf(plan: Plan): AsyncGenerator<Slot[][], void, undefined> {
  const { database } = plan.definition
  const { statement, values } = selection(plan)
  const stream = database.stream(statement, values, PAGE)
  if (stream) return yield* pagesOfStream(stream)
  const rows = await database.query(statement, values)
  for (let at = 0; at < rows.length; at += PAGE) yield rows.slice(at, at + PAGE)
}

async function* pagesOfStream(stream: AsyncGenerator<Slot[], void>): AsyncGenerator<Slot[][], void, undefined> {
  let page: Slot[][] = []
  for await (const row of stream) {
    page.push(row)
    if (page.length < PAGE) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}
