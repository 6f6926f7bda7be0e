import type { OpenResult, Page } from '../contract/connection.ts'
import { SqlError } from '../contract/errors.ts'
import { Failure } from '../contract/failure.ts'
import type { RowMode } from '../contract/value.ts'
import type { Autocommit } from './autocommit.ts'
import type { Lane } from './lane.ts'
import type { Intent, Lanes } from './lanes.ts'
import type { Limit } from './limit.ts'
import { invalidOption } from './options.ts'
import type { Prepared, Preparer } from './preparer.ts'
import { Session } from './session.ts'

/** What a stream reads, and how. */
export interface StreamSetting {
  readonly prepared: Prepared
  readonly rowMode: RowMode
  readonly pageSize: number
  readonly limit: Limit | null
}

const PAGE_SIZE = 1000
const LARGEST_PAGE = 100_000

export function checkPageSize(size: unknown): number {
  if (size === undefined) return PAGE_SIZE
  if (Number.isSafeInteger(size) && (size as number) >= 1 && (size as number) <= LARGEST_PAGE) return size as number
  throw invalidOption(RangeError, `pageSize must be a whole number from 1 to ${LARGEST_PAGE}, not ${String(size)}`)
}

/** Reads rows page by page from a session that somebody else owns. One page is on its way while one is handed out. */
export async function* rowsOf<R>(session: Session, setting: StreamSetting): AsyncGenerator<R, void, undefined> {
  const { prepared, rowMode, pageSize, limit } = setting
  const opened = await session.open(prepared, rowMode, pageSize)
  let rest: OpenResult | null = opened.first.more ? opened : null
  try {
    for (let page: Page | Failure = opened.first; ; ) {
      const next: Promise<Page | Failure> | undefined = rest?.next(pageSize)
      yield* page.rows as R[]
      if (!next) return
      page = await next
      if (page instanceof Failure) throw session.errorOf(page, prepared.statement)
      if (!page.more) rest = null
      if (limit?.signal.aborted) throw limit.toError()
    }
  } finally {
    if (rest) await rest.close()
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

  async *read<R>(setting: StreamSetting): AsyncGenerator<R, void, undefined> {
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
    const lane: Lane =
      this.#lanes.take(intent, 'whole') ?? (await this.#autocommit.waitFor(intent, 'whole', setting.limit))
    try {
      yield* rowsOf<R>(new Session(lane.open, this.#preparer, 'connection', setting.limit), setting)
    } finally {
      if (setting.limit?.signal.aborted && lane.connection) void this.#lanes.recover(lane)
      this.#lanes.giveBack(lane, 'whole')
    }
  }

  // It failed before its first row, so nobody has seen anything of it.
  #belongsToWriter(error: unknown, { prepared }: StreamSetting): boolean {
    const refused = error instanceof SqlError && error.kind === 'readOnly'
    return refused && prepared.statement.route !== 'writer' && this.#lanes.separatesReaders
  }
}
