import type { Driver } from '../../contract/index.ts'
import { siblingModule } from '../../thread/sibling.ts'
import { threaded } from '../../thread/threaded.ts'
import { aloneOnItsFiles } from '../sqlite/one-driver.ts'
import type { SqliteOptions, SqliteOptionsInput } from '../sqlite/options.ts'
import type { BetterSqliteOptions } from './blocking.ts'
import { info } from './info.ts'
import { checkInstalled } from './installed.ts'

export type { SqliteOptions, SqliteOptionsInput }

const beside = (name: string) => siblingModule(import.meta.url, name)
const inThreads = aloneOnItsFiles(threaded(info, beside('./blocking'), beside('./entry')))

/** SQLite through the package better-sqlite3, an optional peer: version 13.0.2 or newer. */
const betterSqlite3: Driver<BetterSqliteOptions> = {
  ...inThreads,
  plan(source) {
    const modulePath = checkInstalled()
    const plan = inThreads.plan(source)
    const { options, afterReaders } = plan
    return {
      ...plan,
      options: { ...options, modulePath },
      ...(afterReaders && { afterReaders: { ...afterReaders, modulePath } }),
    }
  },
}

export default betterSqlite3
