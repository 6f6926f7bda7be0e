import type { Expression } from '../../sql/index.ts'
import { sql } from '../../sql/index.ts'

const RawBuilder = sql`1`.constructor as new () => object

/** SQL that was written with the `sql` tag. Nothing that came as JSON can be. */
export function isByHand(given: unknown): given is Expression<unknown> {
  return given instanceof RawBuilder
}
