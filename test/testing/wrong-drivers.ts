import type { Connection, OpenResult, Outcome, Page, Query, Value } from '../../src/contract/index.ts'
import { Failure } from '../../src/contract/index.ts'
import { SameThread } from './same-thread.ts'

/* Drivers with one fault each. */

export class LosesNul extends SameThread {
  protected override value(value: Value): Value {
    return typeof value === 'string' ? (value.split('\0')[0] as string) : super.value(value)
  }
}

export class RoundsBigints extends SameThread {
  protected override value(value: Value): Value {
    return typeof value === 'bigint' ? Number(value) : value
  }
}

export class IgnoresInTransaction extends SameThread {
  protected override transactionIsThere(): boolean {
    return true
  }
}

/** Every second statement is overtaken by what was asked after it. */
export class RunsOutOfOrder extends SameThread {
  #late = false

  override async query(query: Query): Promise<Outcome | Failure> {
    this.#late = !this.#late
    if (this.#late) for (let hop = 0; hop < 10; hop++) await null
    return super.query(query)
  }
}

export class NeverCloses extends SameThread {
  override close(): Promise<Failure | null> {
    return new Promise(() => {})
  }
}

export class CommitsOnRollback extends SameThread {
  override rollback(): Promise<Failure | null> {
    return this.done(() => this.blocking.commit())
  }
}

export class ConfirmsAnyCommit extends SameThread {
  override commit(): Promise<Failure | null> {
    return this.done(() => this.blocking.commit())
  }
}

export class Rejects extends SameThread {
  override async query(query: Query): Promise<Outcome> {
    const given = await super.query(query)
    if (given instanceof Failure) throw given.toError()
    return given
  }
}

export class ForgetsLaterPages extends SameThread {
  override async open(query: Query, size: number): Promise<OpenResult | Failure> {
    const opened = await super.open(query, size)
    return opened instanceof Failure ? opened : { ...opened, first: onlyPage(opened.first) }
  }
}

function onlyPage(page: Page): Page {
  return { ...page, more: false }
}

export class IgnoresSignals extends SameThread {
  override query(query: Query): Promise<Outcome | Failure> {
    return super.query({ ...query, signal: undefined })
  }
}

export class CannotTellErrors extends SameThread {
  override async query(query: Query): Promise<Outcome | Failure> {
    const given = await super.query(query)
    if (!(given instanceof Failure) || given.record.kind === 'rolledBack') return given
    return new Failure({ ...given.record, type: 'OperationalError', kind: 'other' })
  }
}

export class DescribesOnlyRows extends SameThread {
  override async query(query: Query): Promise<Outcome | Failure> {
    const given = await super.query(query)
    return given instanceof Failure || given.rows.length > 0 ? given : { ...given, description: null }
  }
}

/** Whatever role it has, it writes. */
export class WritesAsReader extends SameThread {
  constructor(...[options, context]: ConstructorParameters<typeof SameThread>) {
    super(options, { ...context, role: 'any' })
  }
}

export class ForgetsSavepoints extends SameThread {
  override rollbackToSavepoint(_name: string): Promise<Failure | null> {
    return this.done(() => {})
  }
}

export type Wrong = new (...args: ConstructorParameters<typeof SameThread>) => Connection
