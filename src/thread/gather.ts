import { BatchBuilder } from '../contract/batch-builder.ts'
import type { ColumnBatch, ColumnValues } from '../contract/columns.ts'
import type { Description, RowMode, Tuple } from '../contract/value.ts'
import { readColumn, readSource, type ValueSource } from './chunk-reader.ts'
import { rowsFlag } from './protocol.ts'
import type { Message } from './ring.ts'
import type { KnownStatement } from './statements.ts'

/** Adds the rows of a chunk to those that are there. */
export function gatherChunk(
  rows: unknown[],
  { body }: Message,
  count: number,
  statement: KnownStatement,
  mode: RowMode,
): void {
  const build = statement.builder(mode)
  const columns: ValueSource[] = statement.columns.map(() => readSource(body, count))
  build(rows, count, columns)
}

/** So many rows that came one by one are made columns together. */
const ROWS_TOGETHER = 512

/** Gathers one result by columns, whichever way its rows cross. */
export class ColumnGatherer {
  readonly #statement: KnownStatement
  #builder: BatchBuilder | null = null
  #rows: Tuple[] = []

  constructor(statement: KnownStatement) {
    this.#statement = statement
  }

  /** Takes the rows of a message; throws when columns of that result cannot be handed over. */
  take(message: Message, count: number): void {
    const { columns } = this.#statement
    this.#builder ??= new BatchBuilder(columns)
    if (message.flags & rowsFlag.chunk) {
      this.#addRows(this.#builder)
      const parts: ColumnValues[] = columns.map(() => readColumn(message.body, count))
      return this.#builder.append(parts, count)
    }
    const decode = this.#statement.decoder('array')
    for (let i = 0; i < count; i++) this.#rows.push(decode(message.body) as Tuple)
    if (this.#rows.length >= ROWS_TOGETHER) this.#addRows(this.#builder)
  }

  /** The batch; without columns if the statement gave no result. */
  finish(description: Description | null): ColumnBatch {
    this.#builder ??= new BatchBuilder(description ?? [])
    this.#addRows(this.#builder)
    return this.#builder.finish()
  }

  #addRows(builder: BatchBuilder): void {
    if (this.#rows.length === 0) return
    builder.appendRows(this.#rows)
    this.#rows = []
  }
}
