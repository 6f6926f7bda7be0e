import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import betterSqlite3 from '../../src/drivers/better-sqlite3/index.ts'
import nodeSqlite from '../../src/drivers/node-sqlite/index.ts'
import { driverConformance } from '../../src/testing/index.ts'
import { folder } from '../databases.ts'

const files = folder({ after: (work) => after(work) })
let count = 0

for (const driver of [nodeSqlite, betterSqlite3]) {
  describe(`P17 ${driver.name} keeps every promise of a driver`, () => {
    driverConformance({
      driver,
      test,
      source: () => ({ filename: join(files, `${count++}.db`), durability: 'crash' }),
      unreachable: () => ({ filename: join(files, 'no such folder', 'file.db') }),
    })
  })
}
