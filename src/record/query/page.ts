import type { Stateful } from '../contract.ts'
import { countRows } from './count.ts'
import { byKey } from './order.ts'
import { type Plan, slice } from './plan.ts'
import { selectRecords } from './select.ts'

/** One page of what a query means. */
export interface Page<R> {
  readonly rows: R[]
  /** How many records there are on all pages. */
  readonly total: number
  readonly pages: number
}

/** A page of the records that a plan means; the first one is number 1. */
export async function pageOf(plan: Plan, number: number, size: number): Promise<Page<Stateful>> {
  const start = (number - 1) * size
  const [rows, total] = await Promise.all([selectRecords(slice(byKey(plan), start, start + size)), countRows(plan)])
  return { rows, total, pages: Math.ceil(total / size) }
}
