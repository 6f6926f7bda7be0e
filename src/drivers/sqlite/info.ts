import type { BlockingDriver, DriverInfo, Traits } from '../../contract/index.ts'
import { quoteIdentifier } from '../shared/identifier.ts'
import { plan, type SqliteOptions } from './options.ts'
import { placeOf } from './place.ts'
import { shape } from './scan.ts'

/** What the event loop must know of a driver: all but how a database is opened and used. */
export type SqliteInfo = DriverInfo<SqliteOptions> & Required<Pick<BlockingDriver<SqliteOptions>, 'statementsKept'>>

const TRAITS: Traits = {
  maxParameters: 32766,
  infinity: true,
  dialect: 'sqlite',
  nulInText: true,
  integerRange: [-(2n ** 63n), 2n ** 63n - 1n],
}

/** Describes one SQLite binding: its name, and the traits in which it differs. */
export function sqliteInfo(name: string, traits: Partial<Traits> = {}): SqliteInfo {
  return {
    name,
    apilevel: '2.0',
    threadsafety: 1,
    paramstyle: 'qmark',
    traits: { ...TRAITS, ...traits },
    plan(source) {
      const planned = plan(source)
      return { ...planned, ...placeOf(planned.options) }
    },
    shape,
    quoteIdentifier,
    statementsKept: ({ statementCache }) => statementCache,
  }
}
