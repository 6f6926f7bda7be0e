import type { Dialect } from '../../sql/index.ts'
import type { NextPlace } from '../statement.ts'

/** What a condition is written with. */
export interface Writing {
  /** The name under which the table stands in the statement. */
  readonly table: string
  readonly place: NextPlace
  /** The same as that of the shape that the condition described itself to. */
  readonly dialect: Dialect
}
