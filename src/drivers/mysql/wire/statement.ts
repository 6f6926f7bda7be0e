import type { Description, RowMode } from '../../../contract/index.ts'
import { type RowDecoder, rowDecoder } from '../../../thread/rows.ts'
import type { WireColumn } from './columns.ts'

/** The columns of a result, and how its rows are made; worked out once for as long as the columns stay the same. */
export class ResultShape {
  readonly columns: readonly WireColumn[]
  readonly description: Description
  #objects: RowDecoder | null = null
  #tuples: RowDecoder | null = null

  constructor(columns: readonly WireColumn[]) {
    this.columns = columns
    this.description = columns.map(({ column }) => column)
  }

  /** @throws {ProgrammingError} when an object could not hold all columns */
  decoder(mode: RowMode): RowDecoder {
    if (mode === 'array') {
      this.#tuples ??= rowDecoder(this.description, mode)
      return this.#tuples
    }
    this.#objects ??= rowDecoder(this.description, mode)
    return this.#objects
  }
}

/** A statement that the server has prepared. */
export class WireStatement {
  readonly id: number
  readonly parameterCount: number
  /** What it gives; null when it gives no rows. It changes with the schema. */
  shape: ResultShape | null

  constructor(id: number, parameterCount: number, columns: readonly WireColumn[]) {
    this.id = id
    this.parameterCount = parameterCount
    this.shape = columns.length > 0 ? new ResultShape(columns) : null
  }
}
