import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import type { BlockingDriver, Driver } from '../../src/contract/index.ts'
import { driver as betterSqliteBlocking } from '../../src/drivers/better-sqlite3/blocking.ts'
import betterSqlite3 from '../../src/drivers/better-sqlite3/index.ts'
import { driver as nodeSqliteBlocking } from '../../src/drivers/node-sqlite/blocking.ts'
import nodeSqlite from '../../src/drivers/node-sqlite/index.ts'
import { driverConformance } from '../../src/testing/index.ts'
import { ThreadConnection } from '../../src/thread/connection.ts'
import { MemoryThread } from '../../src/thread/memory-port.ts'
import { folder, type Switches } from '../databases.ts'

/** The drivers, each with what it runs in its threads. */
const drivers: readonly (readonly [Driver, BlockingDriver])[] = [
  [nodeSqlite, nodeSqliteBlocking],
  [betterSqlite3, betterSqliteBlocking],
]

/** Registers the conformance suite for drivers as they are, with threads. */
export function conformanceInThreads(switches: Switches, among = drivers.map(([driver]) => driver)): void {
  for (const driver of among) conform(tuned(driver, switches), switches)
}

/**
 * Registers the conformance suite for every driver with both sides of each connection in one thread, taking turns.
 * Starting a thread takes nearly all the time of a case; without it a switch costs little. A statement cannot be stopped
 * there, since whoever would stop it waits for its end.
 */
export function conformanceInTurns(switches: Switches): void {
  for (const [driver, blocking] of drivers) {
    conform(tuned(inTurns(driver, blocking), switches), switches, { stopping: false })
  }
}

function conform(driver: Driver, { statementCache }: Switches, features: { stopping?: false } = {}): void {
  // Two at a time, since a case waits for its thread most of the time.
  describe(driver.name, { concurrency: 2 }, () => {
    const files = folder({ after: (work) => after(work) })
    let count = 0
    driverConformance({
      driver,
      test,
      features,
      source: () => ({ filename: join(files, `${count++}.db`), durability: 'crash', statementCache }),
      unreachable: () => ({ filename: join(files, 'no such folder', 'file.db') }),
    })
  })
}

/** The same driver with these switches in every connection. */
function tuned<Options>(driver: Driver<Options>, { tuning }: Switches): Driver<Options> {
  return { ...driver, connect: (options, context) => driver.connect(options, { ...context, tuning }) }
}

function inTurns<Options>(driver: Driver<Options>, blocking: BlockingDriver<Options>): Driver<Options> {
  return {
    ...driver,
    connect: (options, context) =>
      ThreadConnection.open(new TurnTaking(blocking), options, context, blocking.statementsKept?.(options)),
  }
}

/** A thread without a thread that steps by itself: when it was woken, and the loop has done what it was doing. */
class TurnTaking extends MemoryThread {
  constructor(driver: BlockingDriver) {
    super(driver)
    this.step()
  }

  override wakeThread(): void {
    super.wakeThread()
    setImmediate(() => this.step())
  }
}
