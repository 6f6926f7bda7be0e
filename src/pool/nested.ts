import { Turns } from '../base/turns.ts'
import type { Failure } from '../contract/failure.ts'
import type { IsolationLevel } from '../contract/statement.ts'
import type { Ambient, Scope } from './ambient.ts'
import { commit } from './commit.ts'
import { follow, withSuppressed } from './follow.ts'
import type { LeaseSetting } from './leases.ts'
import type { Preparer } from './preparer.ts'
import { Session } from './session.ts'
import { untilAborted } from './until-aborted.ts'

/** Where an inner interaction begins and ends. */
interface Bounds {
  begin(): Promise<Failure | null>
  keep(): Promise<void>
  undo(): Promise<void>
}

/** Runs interactions inside others: each is a savepoint of the one around it. */
export class Nested {
  readonly #preparer: Preparer
  readonly #ambient: Ambient

  constructor(preparer: Preparer, ambient: Ambient) {
    this.#preparer = preparer
    this.#ambient = ambient
  }

  /** Refuses what asks for a stronger isolation level than the transaction has that it would be a part of. */
  refuseWeaker(session: Session, { isolationLevel }: LeaseSetting): void {
    if (session.inTransaction) this.#preparer.refuseWeaker(session.isolationLevel, isolationLevel)
  }

  async run<T>(outer: Scope, setting: LeaseSetting, work: (session: Session) => Promise<T>): Promise<T> {
    const turn = outer.nested.enter()
    if (turn) await turn
    const { followUps } = outer.session
    let result: T
    try {
      result = await this.#run(outer, setting, work)
    } catch (error) {
      outer.nested.leave()
      throw followUps.isPartDue ? await withSuppressed(error, followUps) : error
    }
    outer.nested.leave()
    if (followUps.isPartDue) await follow(followUps)
    return result
  }

  async #run<T>(outer: Scope, setting: LeaseSetting, work: (session: Session) => Promise<T>): Promise<T> {
    const { session } = outer
    session.check()
    await outer.begin()
    this.refuseWeaker(session, setting)
    const depth = outer.depth + 1
    const inner = new Session(
      session.connection,
      this.#preparer,
      'transaction',
      setting.limit ?? session.limit,
      session,
    )
    const bounds = session.inTransaction
      ? savepoint(inner, session, `offloop_${depth}`)
      : ownTransaction(inner, session, setting.isolationLevel)
    const begun = await bounds.begin()
    if (begun) throw session.errorOf(begun)
    inner.inTransaction = true
    try {
      inner.check()
      const scope: Scope = { session: inner, begin: alreadyBegun, depth, nested: new Turns() }
      const result = await this.#ambient.within(scope, () => untilAborted(work(inner), setting.limit))
      await untilAborted(inner.settle(), setting.limit)
      inner.check()
      inner.end()
      await bounds.keep()
      inner.followUps.joinTo(session.followUps)
      return result
    } catch (error) {
      inner.end()
      // With the outer transaction the inner one is gone, and the connection may be somebody else's by now.
      if (!session.ended) await bounds.undo()
      inner.followUps.rolledBack(true)
      inner.followUps.leaveTo(session.followUps)
      throw error
    }
  }
}

function savepoint(inner: Session, outer: Session, name: string): Bounds {
  const { connection } = inner
  return {
    begin: () => connection.savepoint(name),
    async keep() {
      const failure = await connection.releaseSavepoint(name)
      if (failure) throw inner.errorOf(failure)
    },
    async undo() {
      const [undone] = await Promise.all([connection.rollbackToSavepoint(name), connection.releaseSavepoint(name)])
      // What is gone altogether cannot be committed anyhow.
      if (!undone) outer.story.goesOn()
      else if (!GONE.has(undone.record.kind)) outer.story.stick(undone)
    },
  }
}

const GONE: ReadonlySet<unknown> = new Set(['rolledBack', 'connectionLost'])

// On a connection in autocommit there is no transaction around it.
function ownTransaction(inner: Session, outer: Session, level: IsolationLevel | undefined): Bounds {
  const { connection } = inner
  return {
    async begin() {
      // Said before the answer is there: whoever gives up meanwhile has a transaction to roll back.
      outer.inTransaction = true
      inner.isolationLevel = level
      const failure = await connection.begin('write', level)
      if (failure) outer.inTransaction = false
      return failure
    },
    async keep() {
      await commit(inner)
      outer.inTransaction = false
    },
    async undo() {
      const failure = await connection.rollback()
      if (failure) outer.story.stick(failure)
      else outer.inTransaction = false
    },
  }
}

export async function alreadyBegun(): Promise<void> {
  // An interaction begins before its callback is called.
}
