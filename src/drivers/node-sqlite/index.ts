import type { Driver } from '../../contract/index.ts'
import { siblingModule } from '../../thread/sibling.ts'
import { threaded } from '../../thread/threaded.ts'
import { aloneOnItsFiles } from '../sqlite/one-driver.ts'
import type { SqliteOptions, SqliteOptionsInput } from '../sqlite/options.ts'
import { info } from './info.ts'
import { checkInstalled } from './installed.ts'

export type { SqliteOptions, SqliteOptionsInput }

const inThreads = aloneOnItsFiles(threaded(info, siblingModule(import.meta.url, './blocking')))

/** SQLite as Node.js brings it: nothing to install, nothing to compile. */
const nodeSqlite: Driver<SqliteOptions> = {
  ...inThreads,
  plan(source) {
    checkInstalled()
    return inThreads.plan(source)
  },
}

export default nodeSqlite
