import { AsyncLocalStorage } from 'node:async_hooks'
import { Turns } from '../../base/turns.ts'
import type { BlockingTransaction, InThreadCursor } from '../../contract/blocking-transaction.ts'
import { InterfaceError } from '../../contract/errors.ts'
import type { Parameters, Value } from '../../contract/value.ts'
import { FollowUps } from '../../pool/after-commit.ts'
import type { InteractionOptions, ManyOptions, OperationResult } from '../../pool/calls.ts'
import type { Around, Sets, Way } from './way.ts'

/** Sets of values that are taken from a source before they are written. */
const SETS_TOGETHER = 1000

/** A part of the transaction that is undone alone. */
interface Part {
  readonly depth: number
  readonly followUps: FollowUps
  readonly turns: Turns
}

/** In a database thread: what is asked is answered at once, by calls that block. */
export class ThreadWay implements Way {
  readonly pool = null
  readonly #txn: BlockingTransaction
  // Not the handle itself: a result that the function has half read on that is not to be dropped.
  readonly #cursor: InThreadCursor<unknown[]>
  readonly #parts = new AsyncLocalStorage<Part>()
  readonly #whole: Part = partOf(null)

  constructor(txn: BlockingTransaction) {
    this.#txn = txn
    this.#cursor = txn.cursor<unknown[]>({ rowMode: 'array' })
  }

  get dialect(): string | undefined {
    return this.#txn.dialect
  }

  get maxParameters(): number {
    return this.#txn.maxParameters
  }

  get around(): Around {
    const { followUps } = this.#part
    return {
      whole: this.#whole,
      undoBy: (of, undo) => followUps.undoBy(of, undo),
      track: (work) => work(),
      afterCommit: () => refuseFollowUp('afterCommit'),
      afterRollback: () => refuseFollowUp('afterRollback'),
    }
  }

  async query(sql: string, values: Value[]): Promise<unknown[][]> {
    return this.#cursor.query<unknown[]>(sql, values)
  }

  // What is read blocks the thread: nothing else could run between two pages.
  stream(): null {
    return null
  }

  async change(sql: string, values: Value[]): Promise<OperationResult> {
    const { rowCount, lastRowId } = this.#cursor.execute(sql, values)
    return { rowCount, lastRowId }
  }

  many(sql: string, sets: Sets, { onProgress, ...options }: ManyOptions): Promise<{ rowCount: number }> {
    return this.transaction(options, async () => {
      let [rowCount, done] = [0, 0]
      for await (const group of groupsOf(sets)) {
        rowCount += this.#cursor.executeMany(sql, group).rowCount
        done += group.length
        await onProgress?.(done)
      }
      return { rowCount }
    })
  }

  async transaction<T>(options: InteractionOptions, work: (txn: unknown) => T | Promise<T>): Promise<T> {
    const outer = this.#part
    refuseOptions(options)
    const turn = outer.turns.enter()
    if (turn) await turn
    try {
      return await this.#inside(partOf(outer), work)
    } finally {
      outer.turns.leave()
    }
  }

  get #part(): Part {
    return this.#parts.getStore() ?? this.#whole
  }

  async #inside<T>(part: Part, work: (txn: unknown) => T | Promise<T>): Promise<T> {
    const name = `offloop_record_${part.depth}`
    this.#cursor.execute(`SAVEPOINT ${name}`)
    try {
      const result = await this.#parts.run(part, () => work(this.#txn))
      this.#cursor.execute(`RELEASE ${name}`)
      return result
    } catch (error) {
      this.#undo(name, error)
      part.followUps.rolledBack(true)
      throw error
    }
  }

  // With the whole transaction the savepoint is gone as well; the error that led here is the one that counts.
  #undo(name: string, error: unknown): void {
    try {
      this.#cursor.execute(`ROLLBACK TO ${name}`)
      this.#cursor.execute(`RELEASE ${name}`)
    } catch (suppressed) {
      if (error instanceof Error) Object.defineProperty(error, 'suppressed', { value: suppressed, configurable: true })
    }
  }
}

function partOf(outer: Part | null): Part {
  return { depth: (outer?.depth ?? 0) + 1, followUps: new FollowUps(outer?.followUps), turns: new Turns() }
}

async function* groupsOf(sets: Sets): AsyncGenerator<Parameters[]> {
  let group: Parameters[] = []
  for await (const set of sets) {
    group.push(set)
    if (group.length < SETS_TOGETHER) continue
    yield group
    group = []
  }
  if (group.length > 0) yield group
}

function refuseOptions(options: InteractionOptions): void {
  const [name] = Object.keys(options)
  if (name === undefined) return
  throw new InterfaceError(`a transaction in a database thread is a savepoint, for which ${name} means nothing`, {
    code: 'INSIDE_INTERACTION',
    kind: 'usage',
  })
}

// The transaction ends after the function in the thread has returned: nothing of it could run then.
function refuseFollowUp(name: string): never {
  throw new InterfaceError(
    `${name} cannot be heard of in a database thread, whose transaction ends after the function: write with skipCallbacks`,
    { code: 'IN_THREAD_FOLLOW_UP', kind: 'usage' },
  )
}
