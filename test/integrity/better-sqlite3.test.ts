import betterSqlite3 from './fixtures/better-sqlite3.ts'
import { matrix } from './matrix.ts'

matrix('better-sqlite3', betterSqlite3)
