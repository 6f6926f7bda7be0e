import '../base/node-version.ts'

import type { BlockingDriver, Driver, DriverInfo, Isolation } from '../contract/driver.ts'
import { ThreadConnection } from './connection.ts'
import { startProcess } from './process-port.ts'
import { startThread } from './worker-port.ts'

/**
 * Makes a blocking driver one that does not block: each of its connections lives in a thread of its own, or in a process
 * where the pool's `isolation` says so.
 *
 * @param driver what the driver's author wrote, or as much of it as describes the driver: nothing is opened here
 * @param module URL of the module that exports it under the name `driver`; the thread imports it (`import.meta.url`)
 * @param entry URL of a module that serves the driver as a thread by itself; then a thread loads only that
 */
export function threaded<Options>(
  driver: DriverInfo<Options> & Pick<BlockingDriver<Options>, 'statementsKept'>,
  module: string,
  entry?: string,
): Driver<Options> {
  const { name, apilevel, threadsafety, paramstyle, traits, placeholder } = driver
  return {
    name,
    apilevel,
    threadsafety,
    paramstyle,
    traits,
    ...(placeholder && { placeholder }),
    plan: (source) => driver.plan(source),
    shape: (sql) => driver.shape(sql),
    quoteIdentifier: (identifier) => driver.quoteIdentifier(identifier),
    connect: async (options, context) =>
      ThreadConnection.open(
        start(context.isolation)({ driverModule: module, entry, name: context.name }),
        options,
        context,
        driver.statementsKept?.(options),
      ),
  }
}

function start(isolation: Isolation = 'thread'): typeof startThread {
  return isolation === 'process' ? startProcess : startThread
}
