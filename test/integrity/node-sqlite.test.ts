import nodeSqlite from './fixtures/node-sqlite.ts'
import { matrix } from './matrix.ts'

matrix('node-sqlite', nodeSqlite)
