import { sqliteInfo } from '../sqlite/info.ts'

/** SQLite through the package better-sqlite3, as the event loop knows it. */
export const info = sqliteInfo('better-sqlite3')
