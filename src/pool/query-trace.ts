import type { Clock } from '../base/clock.ts'
import type { Outcome } from '../contract/connection.ts'
import { Failure } from '../contract/failure.ts'
import type { Telling } from './telling.ts'
import type { QueryTrace } from './traces.ts'

/** What is told of a statement before it runs. */
export type StatementTold = Pick<QueryTrace, 'sql' | 'inTransaction' | 'values' | 'sets'>

/** What is traced of one statement, filled in while it goes its way. */
export class StatementTrace implements QueryTrace {
  readonly pool: string
  readonly database: string
  readonly sql: string
  readonly inTransaction: boolean
  lane: number | null = null
  queueTime = 0
  databaseTime = 0
  transferTime = 0
  loopTime = 0
  duration = 0
  rows = 0
  rowCount = -1
  declare readonly values?: readonly unknown[]
  declare readonly sets?: number
  declare error?: unknown
  readonly #telling: Telling
  readonly #clock: Clock
  readonly #started: number

  constructor(telling: Telling, statement: StatementTold, clock: Clock) {
    const { pool, database } = telling.teller
    this.pool = pool
    this.database = database
    this.sql = statement.sql
    this.inTransaction = statement.inTransaction
    if (statement.sets !== undefined) this.sets = statement.sets
    if (telling.values && statement.values) this.values = [...statement.values]
    this.#telling = telling
    this.#clock = clock
    this.#started = clock.now()
  }

  /** It is on its connection now. */
  onGranted(lane: number): void {
    this.lane = lane
    this.queueTime = this.#clock.now() - this.#started
  }

  /** The connection has answered. Asked of two connections, a statement has the times of both. */
  onAnswered(outcome: Outcome | Failure): void {
    this.duration = this.#clock.now() - this.#started
    if (!(outcome instanceof Failure)) {
      this.databaseTime += outcome.databaseTime
      this.loopTime += outcome.loopTime ?? 0
      this.rows = outcome.columns?.length ?? outcome.rows.length
      this.rowCount = outcome.rowCount
    }
    this.transferTime = Math.max(0, this.duration - this.queueTime - this.databaseTime)
  }

  /** Runs the statement as subscribers are to see it, whether or not a connection ever has it. */
  tell<T>(run: () => Promise<T>): Promise<T> {
    return this.#telling.query(this, async () => {
      try {
        return await run()
      } finally {
        this.duration = this.#clock.now() - this.#started
      }
    })
  }
}
