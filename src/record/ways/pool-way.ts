import type { Value } from '../../contract/value.ts'
import { AMBIENT, type Scope } from '../../pool/ambient.ts'
import type { InteractionOptions, ManyOptions, OperationResult } from '../../pool/calls.ts'
import { TUPLES } from '../../pool/options.ts'
import type { ConnectionPool } from '../../pool/pool.ts'
import type { Around, Sets, Way } from './way.ts'

/** Through a pool: what is called joins the transaction that the running code is in. */
export class PoolWay implements Way {
  readonly pool: ConnectionPool

  constructor(pool: ConnectionPool) {
    this.pool = pool
  }

  get dialect(): string | undefined {
    return this.pool.dialect
  }

  get maxParameters(): number {
    return this.pool.maxParameters
  }

  get around(): Around | null {
    return aroundOf(this.pool[AMBIENT].scope)
  }

  query(sql: string, values: Value[]): Promise<unknown[][]> {
    return this.pool.runQuery<unknown[]>(sql, values, TUPLES)
  }

  stream(sql: string, values: Value[], pageSize: number): AsyncGenerator<unknown[], void> | null {
    const isAlone = this.pool.stats().max === 1 && this.pool[AMBIENT].scope === null
    return isAlone ? null : this.pool.stream<unknown[]>(sql, values, { rowMode: 'array', pageSize })
  }

  change(sql: string, values: Value[]): Promise<OperationResult> {
    return this.pool.runOperation(sql, values)
  }

  many(sql: string, sets: Sets, options: ManyOptions): Promise<{ rowCount: number }> {
    return this.pool.executeMany(sql, sets, options)
  }

  transaction<T>(options: InteractionOptions, work: (txn: unknown) => T | Promise<T>): Promise<T> {
    return this.pool.runInteraction(options, work)
  }
}

/** The transaction of a scope, to those who write records in it. */
export function aroundOf(scope: Scope | null): Around | null {
  if (!scope) return null
  const { session } = scope
  return {
    whole: session.outermost,
    // A lent connection in autocommit has nothing that could be rolled back.
    undoBy: (of, undo) => (session.inTransaction ? session.followUps.undoBy(of, undo) : true),
    track: (work) => session.track(work),
    afterCommit: (work) => session.followUps.afterCommit(work),
    afterRollback: (work) => session.followUps.afterRollback(work),
  }
}
