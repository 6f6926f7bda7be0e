import type { Connection } from '../contract/connection.ts'
import type { Connect } from './lane-life.ts'
import type { CheckedPoolOptions } from './pool-options.ts'
import { PooledConnection } from './pooled-connection.ts'
import type { Preparer } from './preparer.ts'
import { Session } from './session.ts'
import type { Source } from './source.ts'

/** Makes the function that opens the pool's connections and lets `onOpen` have each before anybody else. */
export function opener(source: Source, preparer: Preparer, options: CheckedPoolOptions): Connect {
  const { driver, plan } = source
  return async (role, id, after) => {
    const name = `${options.name}-${id}`
    const { tuning, isolation } = options
    const connection = await driver.connect(plan.options, { role, name, tuning, isolation, ...(after && { after }) })
    if (options.onOpen) await prepare(connection, preparer, options)
    return connection
  }
}

async function prepare(connection: Connection, preparer: Preparer, options: CheckedPoolOptions): Promise<void> {
  const session = new Session(connection, preparer, 'connection', null)
  try {
    await options.onOpen?.(new PooledConnection(session, options.rowMode, true))
    await session.settle()
    const failure = session.inTransaction ? await connection.commit() : null
    if (failure) throw failure.toError()
  } catch (error) {
    await connection.close()
    throw error
  } finally {
    session.end()
  }
}
