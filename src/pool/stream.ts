import type { Clock } from '../base/clock.ts'
import type { OpenResult, Page } from '../contract/connection.ts'
import { SqlError } from '../contract/errors.ts'
import { Failure } from '../contract/failure.ts'
import type { Parameters, ResultMode } from '../contract/value.ts'
import type { Ambient } from './ambient.ts'
import type { Autocommit } from './autocommit.ts'
import type { AnyStreamOptions } from './calls.ts'
import type { Holder } from './holder.ts'
import type { Lane } from './lane.ts'
import type { Intent, Lanes } from './lanes.ts'
import { type Limit, limitOf } from './limit.ts'
import { invalidOption, ownOptions } from './options.ts'
import type { Prepared, Preparer } from './preparer.ts'
import { columnsOf } from './result.ts'
import { Session } from './session.ts'
import { StreamHold } from './stream-hold.ts'
import { Tenure } from './tenure.ts'

/** What a stream reads, and how. */
export interface StreamSetting {
  readonly prepared: Prepared
  readonly rowMode: ResultMode
  readonly pageSize: number
  readonly limit: Limit | null
  readonly hold: StreamHold
}

/** A stream as the caller asks for it. */
export interface StreamCall {
  readonly sql: string
  readonly parameters: Parameters | undefined
  readonly options: AnyStreamOptions
}

const STREAM = ['signal', 'timeout', 'rowMode', 'pageSize'] as const
const PAGE_SIZE = 1000
const LARGEST_PAGE = 100_000

function checkPageSize(size: unknown): number {
  if (size === undefined) return PAGE_SIZE
  if (Number.isSafeInteger(size) && (size as number) >= 1 && (size as number) <= LARGEST_PAGE) return size as number
  throw invalidOption(RangeError, `pageSize must be a whole number from 1 to ${LARGEST_PAGE}, not ${String(size)}`)
}

/** Reads rows page by page from a session that somebody else owns. One page is on its way while one is handed out. */
async function* rowsOf<R>(
  session: Session,
  setting: StreamSetting,
  tenure: Tenure | null,
): AsyncGenerator<R, void, undefined> {
  const { prepared, rowMode, pageSize, limit } = setting
  const opened = await session.open(prepared, rowMode, pageSize)
  let rest: OpenResult | null = opened.first.more ? opened : null
  try {
    for (let page: Page | Failure = opened.first; ; ) {
      const next: Promise<Page | Failure> | undefined = rest?.next(pageSize)
      const items = rowMode !== 'columns' ? page.rows : columnsOf(page).length > 0 ? [columnsOf(page)] : []
      for (const item of items) {
        yield item as R
        session.progress++
        tenure?.check()
      }
      if (!next) return
      page = await next
      if (page instanceof Failure) throw session.errorOf(page, prepared.statement)
      if (!page.more) rest = null
      if (limit?.signal.aborted) throw limit.toError()
    }
  } finally {
    if (rest && !tenure?.stopped) await rest.close()
  }
}

/** Streams on connections of the pool. Each stream has one to itself until its end. */
export class Streams {
  readonly #lanes: Lanes
  readonly #autocommit: Autocommit
  readonly #preparer: Preparer

  constructor(lanes: Lanes, autocommit: Autocommit, preparer: Preparer) {
    this.#lanes = lanes
    this.#autocommit = autocommit
    this.#preparer = preparer
  }

  /**
   * Checks and reads what a caller asks for, from its first step on: in the session that the running code then has, or
   * on a connection of its own.
   */
  run(call: StreamCall, ambient: Ambient, clock: Clock): AsyncGenerator<unknown, void, undefined> {
    const hold = new StreamHold()
    const rows = this.#run(call, () => ambient.scope?.session ?? null, clock, hold)
    const { next } = rows
    // Said where the caller asks for the first row, to be known of what it does with it and with all others.
    rows.next = () => {
      if (hold.asked++ === 0) {
        hold.holder = this.#lanes.holder('stream')
        ambient.loop(hold)
      }
      return next.call(rows)
    }
    return rows
  }

  async *#run(
    { sql, parameters, options }: StreamCall,
    current: () => Session | null,
    clock: Clock,
    hold: StreamHold,
  ): AsyncGenerator<unknown, void, undefined> {
    const own = ownOptions(options, STREAM, 'a stream')
    const prepared = this.#preparer.prepare(sql, parameters)
    const pageSize = checkPageSize(own.pageSize)
    const rowMode = this.#preparer.resultMode(own.rowMode)
    const limit = limitOf(own, clock)
    const session = current()
    const setting = { prepared, rowMode, pageSize, limit, hold }
    try {
      if (limit?.signal.aborted) throw limit.toError()
      yield* session ? rowsOf(session, setting, null) : this.#read(setting)
    } finally {
      hold.ended = true
      limit?.end()
    }
  }

  async *#read<R>(setting: StreamSetting): AsyncGenerator<R, void, undefined> {
    const { statement } = setting.prepared
    try {
      yield* this.#readOn<R>(statement.route === 'writer' ? 'write' : 'read', setting)
    } catch (error) {
      if (!this.#belongsToWriter(error, setting)) throw error
      statement.route = 'writer'
      yield* this.#readOn<R>('write', setting)
    }
  }

  async *#readOn<R>(intent: Intent, setting: StreamSetting): AsyncGenerator<R, void, undefined> {
    const holder = setting.hold.holder as Holder
    const lane: Lane =
      this.#lanes.take(intent, 'whole') ?? (await this.#autocommit.waitFor(intent, 'whole', setting.limit))
    let stopped = false
    setting.hold.lane = lane
    try {
      this.#lanes.lend(lane, holder)
      const session = new Session(lane.open, this.#preparer, 'connection', setting.limit)
      session.holder = holder
      const tenure = new Tenure(session, 'progress')
      lane.tenure = tenure
      // Whoever reads may be anywhere, and may never come back for the next row.
      tenure.onStop = () => {
        stopped = true
        setting.hold.lane = null
        this.#lanes.recovery.leave(lane, (tenure.stopped as Failure).record)
        this.#lanes.giveBack(lane, 'whole')
      }
      yield* rowsOf<R>(session, setting, tenure)
    } finally {
      setting.hold.lane = null
      if (!stopped) {
        if (setting.limit?.signal.aborted) this.#lanes.recovery.recover(lane)
        this.#lanes.giveBack(lane, 'whole')
      }
    }
  }

  // It failed before its first row, so nobody has seen anything of it.
  #belongsToWriter(error: unknown, { prepared }: StreamSetting): boolean {
    const refused = error instanceof SqlError && error.kind === 'readOnly'
    return refused && prepared.statement.route !== 'writer' && this.#lanes.separatesReaders
  }
}
