import { ColumnBuilder } from './column-builder.ts'
import { columnOf } from './column-values.ts'
import { type ColumnBatch, type ColumnValues, namesOf, setOwn } from './columns.ts'
import type { Description, Tuple } from './value.ts'

/** Joins what comes of one result, as columns or as tuples, to one batch. */
export class BatchBuilder {
  readonly #names: readonly string[]
  readonly #columns: readonly ColumnBuilder[]
  #length = 0

  /** @throws {ProgrammingError} when two columns have the same name */
  constructor(description: Description) {
    this.#names = namesOf(description)
    this.#columns = this.#names.map(() => new ColumnBuilder())
  }

  /** Adds `count` rows, given as one part of each column. */
  append(parts: readonly ColumnValues[], count: number): void {
    for (const [i, column] of this.#columns.entries()) column.append(parts[i] as ColumnValues, count)
    this.#length += count
  }

  /** Adds rows, given as tuples. */
  appendRows(rows: readonly Tuple[]): void {
    const parts = this.#columns.map((_, i) => columnOf(rows, i))
    this.append(parts, rows.length)
  }

  /** The batch. Nothing may be added afterwards. */
  finish(): ColumnBatch {
    const columns: Record<string, ColumnValues> = {}
    for (const [i, column] of this.#columns.entries()) setOwn(columns, this.#names[i] as string, column.finish())
    return { length: this.#length, columns }
  }
}

/** The batch of a result whose rows are there as tuples: for connections that know no columns of their own. */
export function batchOf(description: Description | null, rows: readonly Tuple[]): ColumnBatch {
  const builder = new BatchBuilder(description ?? [])
  builder.appendRows(rows)
  return builder.finish()
}
