import type { BlockingDriver, ConnectContext, Traits } from '../../contract/index.ts'
import { failure, refusesTransaction } from './errors.ts'
import { quoteIdentifier } from './identifier.ts'
import type { NativeDatabase, NativeOpening } from './native.ts'
import { openDatabase } from './open.ts'
import { plan, type SqliteOptions } from './options.ts'
import { shape } from './scan.ts'

const TRAITS: Traits = {
  maxParameters: 32766,
  infinity: true,
  nulInText: true,
  integerRange: [-(2n ** 63n), 2n ** 63n - 1n],
}

/** Makes a driver of what alone sets one SQLite binding apart from another: its name, how it opens a database, its traits. */
export function sqliteDriver<Options extends SqliteOptions = SqliteOptions>(
  name: string,
  openNative: (opening: NativeOpening, options: Options) => NativeDatabase,
  traits: Partial<Traits> = {},
): BlockingDriver<Options | SqliteOptions> {
  return {
    name,
    apilevel: '2.0',
    threadsafety: 1,
    paramstyle: 'qmark',
    traits: { ...TRAITS, ...traits },
    plan,
    shape,
    quoteIdentifier,
    connect: (options, context: ConnectContext) =>
      openDatabase(options, context, (opening) => openNative(opening, options as Options)),
    failure,
    refusesTransaction,
    statementsKept: ({ statementCache }) => statementCache,
  }
}
