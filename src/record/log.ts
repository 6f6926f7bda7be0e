/** A statement of records, as the option `log` of `connect` is told of it when it has ended. */
export interface StatementLog {
  readonly sql: string
  /** Its values, only with `logValues: true`. Of a statement that ran many times there are none. */
  readonly values?: readonly unknown[]
  /** Milliseconds from the call to its end, waiting for a connection included. */
  readonly duration: number
  /** Rows that it gave; -1 for a statement that gives none. */
  readonly rows: number
  /** Rows that it changed; -1 for a statement that was asked for rows. */
  readonly rowCount: number
  /** Why it failed; only then. */
  readonly error?: unknown
}

/** What is told of statements, and to whom. */
export interface StatementLogSetting {
  readonly log: ((entry: StatementLog) => void) | null
  readonly logValues: boolean
}

/** What a statement gave, for the log. */
interface Given {
  readonly rows?: number
  readonly rowCount?: number
}

/** Runs a statement and tells of it. What becomes of the statement does not depend on whoever is told. */
export async function logged<T>(
  setting: StatementLogSetting,
  statement: { readonly sql: string; readonly values?: readonly unknown[] },
  run: () => Promise<T>,
  given: (answer: T) => Given,
): Promise<T> {
  const started = performance.now()
  const tell = (outcome: object) => {
    const duration = performance.now() - started
    const values = setting.logValues && statement.values ? { values: [...statement.values] } : {}
    call(setting.log, { sql: statement.sql, ...values, duration, rows: -1, rowCount: -1, ...outcome })
  }
  try {
    const answer = await run()
    tell(given(answer))
    return answer
  } catch (error) {
    tell({ error })
    throw error
  }
}

/** Logs that have thrown. */
const thrown = new WeakSet<object>()

function call(log: StatementLogSetting['log'], entry: StatementLog): void {
  try {
    log?.(Object.freeze(entry))
  } catch (error) {
    if (!log || thrown.has(log)) return
    thrown.add(log)
    // It is nobody's business but the logger's, who is told once and without ending the process.
    process.emitWarning(`the log of records threw: ${error instanceof Error ? error.stack : String(error)}`, {
      type: 'OffloopLog',
      code: 'OFFLOOP_LOG',
    })
  }
}
