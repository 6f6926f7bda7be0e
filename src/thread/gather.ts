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

/** Gathers one result by columns, whichever way its rows cross. */
export class ColumnGatherer {
  readonly #statement: KnownStatement
  #builder: BatchBuilder | null = null

  constructor(statement: KnownStatement) {
    this.#statement = statement
  }

  /** Takes the rows of a message; throws when columns of that result cannot be handed over. */
  take(message: Message, count: number): void {
    const { columns } = this.#statement
    this.#builder ??= new BatchBuilder(columns)
    if (message.flags & rowsFlag.chunk) {
      const parts: ColumnValues[] = columns.map(() => readColumn(message.body, count))
      return this.#builder.append(parts, count)
    }
    const decode = this.#statement.decoder('array')
    this.#builder.appendRows(Array.from({ length: count }, () => decode(message.body) as Tuple))
  }

  /** The batch; without columns if the statement gave no result. */
  finish(description: Description | null): ColumnBatch {
    this.#builder ??= new BatchBuilder(description ?? [])
    return this.#builder.finish()
  }
}
