import type { Driver } from '../../contract/index.ts'
import { siblingModule } from '../../thread/sibling.ts'
import { threaded } from '../../thread/threaded.ts'
import { aloneOnItsFiles } from '../sqlite/one-driver.ts'
import type { SqliteOptions, SqliteOptionsInput } from '../sqlite/options.ts'
import type { BetterSqliteOptions } from './blocking.ts'
import { info } from './info.ts'
import { checkInstalled } from './installed.ts'

export type { SqliteOptions, SqliteOptionsInput }

const inThreads = aloneOnItsFiles(threaded(info, siblingModule(import.meta.url, './blocking')))

/** SQLite through the package better-sqlite3, an optional peer: version 13.0.2 or newer. */
const betterSqlite3: Driver<BetterSqliteOptions> = {
  ...inThreads,
  plan(source) {
    const modulePath = checkInstalled()
    const plan = inThreads.plan(source)
    return { ...plan, options: { ...plan.options, modulePath } }
  },
}

export default betterSqlite3
