import type { BlockingDriver, ConnectContext } from '../../contract/index.ts'
import { failure, refusesTransaction } from './errors.ts'
import type { SqliteInfo } from './info.ts'
import type { NativeDatabase, NativeOpening } from './native.ts'
import { openDatabase } from './open.ts'
import type { SqliteOptions } from './options.ts'

/** Makes a driver of its description and of how it opens a database. */
export function sqliteDriver<Options extends SqliteOptions = SqliteOptions>(
  info: SqliteInfo,
  openNative: (opening: NativeOpening, options: Options) => NativeDatabase,
): BlockingDriver<Options | SqliteOptions> {
  return {
    ...info,
    connect: (options, context: ConnectContext) =>
      openDatabase(options, context, (opening) => openNative(opening, options as Options)),
    failure,
    refusesTransaction,
  }
}
