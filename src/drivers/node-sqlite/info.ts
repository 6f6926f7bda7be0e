import { sqliteInfo } from '../sqlite/info.ts'
import { readsBeyondNul } from './nul.ts'

/** SQLite through the module that is part of Node.js, as the event loop knows it. */
export const info = sqliteInfo('node-sqlite', { nulInText: readsBeyondNul(process.versions.node) })
