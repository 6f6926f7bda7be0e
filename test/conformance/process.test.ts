import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import type { Driver } from '../../src/contract/index.ts'
import nodeSqlite from '../../src/drivers/node-sqlite/index.ts'
import { driverConformance } from '../../src/testing/index.ts'
import { folder } from '../databases.ts'

/* The conformance suite with each connection in a process. That is no driver's business: one driver is enough. */

// Two at a time, since a case waits for its processes most of the time.
describe('in processes', { concurrency: 2 }, () => {
  const files = folder({ after: (work) => after(work) })
  let count = 0
  driverConformance({
    driver: inProcesses(nodeSqlite),
    test,
    source: () => ({ filename: join(files, `${count++}.db`), durability: 'crash' }),
    unreachable: () => ({ filename: join(files, 'no such folder', 'file.db') }),
  })
})

function inProcesses<Options>(driver: Driver<Options>): Driver<Options> {
  return { ...driver, connect: (options, context) => driver.connect(options, { ...context, isolation: 'process' }) }
}
