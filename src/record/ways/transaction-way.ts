import type { Value } from '../../contract/value.ts'
import { AMBIENT, SCOPE, type Scope } from '../../pool/ambient.ts'
import type { InteractionOptions, ManyOptions, OperationResult } from '../../pool/calls.ts'
import type { ConnectionPool } from '../../pool/pool.ts'
import type { Transaction } from '../../pool/transaction.ts'
import { aroundOf, PoolWay } from './pool-way.ts'
import type { Around, Sets, Way } from './way.ts'

/** In the transaction of a handle, whatever the running code is in. */
export class TransactionWay implements Way {
  readonly #txn: Transaction
  readonly #way: PoolWay

  constructor(txn: Transaction) {
    this.#txn = txn
    this.#way = new PoolWay(txn[AMBIENT].pool as ConnectionPool)
  }

  get pool(): ConnectionPool {
    return this.#way.pool
  }

  get dialect(): string | undefined {
    return this.#way.dialect
  }

  get maxParameters(): number {
    return this.#way.maxParameters
  }

  get around(): Around | null {
    return this.#joining(() => aroundOf(this.#txn[AMBIENT].scope))
  }

  query(sql: string, values: Value[]): Promise<unknown[][]> {
    return this.#joining(() => this.#way.query(sql, values))
  }

  async *stream(sql: string, values: Value[], pageSize: number): AsyncGenerator<unknown[], void> {
    const rows = this.#way.pool.stream<unknown[]>(sql, values, { rowMode: 'array', pageSize })
    try {
      // With its first step it joins.
      const first = await this.#joining(() => rows.next())
      if (first.done) return
      yield first.value
      yield* rows
    } finally {
      await rows.return()
    }
  }

  change(sql: string, values: Value[]): Promise<OperationResult> {
    return this.#joining(() => this.#way.change(sql, values))
  }

  many(sql: string, sets: Sets, options: ManyOptions): Promise<{ rowCount: number }> {
    return this.#joining(() => this.#way.many(sql, sets, options))
  }

  transaction<T>(options: InteractionOptions, work: (txn: unknown) => T | Promise<T>): Promise<T> {
    return this.#joining(() => this.#way.transaction(options, work))
  }

  #joining<T>(work: () => T): T {
    const { [AMBIENT]: ambient, [SCOPE]: scope } = this.#txn
    return ambient.joining(scope as Scope, work)
  }
}
