import type { Driver } from '../../contract/index.ts'
import { siblingModule } from '../../thread/sibling.ts'
import { threaded } from '../../thread/threaded.ts'
import { aloneOnItsFiles } from '../sqlite/one-driver.ts'
import type { SqliteOptions, SqliteOptionsInput } from '../sqlite/options.ts'
import { info } from './info.ts'
import { checkInstalled } from './installed.ts'

export type { SqliteOptions, SqliteOptionsInput }

const beside = (name: string) => siblingModule(import.meta.url, name)
const inThreads = aloneOnItsFiles(threaded(info, beside('./blocking'), beside('./entry')))

/** SQLite as Node.js brings it: nothing to install, nothing to compile. */
const nodeSqlite: Driver<SqliteOptions> = {
  ...inThreads,
  plan(source) {
    checkInstalled()
    return inThreads.plan(source)
  },
}

export default nodeSqlite
