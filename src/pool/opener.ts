import type { Connection } from '../contract/connection.ts'
import type { Ambient } from './ambient.ts'
import { commit } from './commit.ts'
import { scopeOf } from './interactions.ts'
import type { Connect } from './lane-life.ts'
import type { CheckedPoolOptions } from './pool-options.ts'
import { PooledConnection } from './pooled-connection.ts'
import type { Preparer } from './preparer.ts'
import { Session } from './session.ts'
import type { Source } from './source.ts'
import type { Telling } from './telling.ts'

/** Makes the function that opens the pool's connections and lets `onOpen` have each before anybody else. */
export function opener(source: Source, preparer: Preparer, options: CheckedPoolOptions, ambient: Ambient): Connect {
  const { driver, plan } = source
  return async (role, id, after) => {
    const name = `${options.name}-${id}`
    const { tuning } = options
    const connection = await driver.connect(plan.options, { role, name, tuning, ...(after && { after }) })
    if (options.onOpen) await prepare(new Session(connection, preparer, 'connection', null), options, ambient)
    return connection
  }
}

/** Opens connections as another function does, and tells what becomes of them. */
export function toldOpener(connect: Connect, telling: Telling): Connect {
  return async (role, lane, after) => {
    telling.connection('opening', { lane, role })
    let connection: Connection
    try {
      connection = await connect(role, lane, after)
    } catch (error) {
      telling.connection('openFailed', { lane, role, error })
      throw error
    }
    telling.connection('opened', { lane, role })
    void connection.closed.then((failure) => {
      if (failure) telling.connection('lost', { lane, role, error: failure.toError() })
      else telling.connection('closed', { lane, role })
    })
    return connection
  }
}

// Calls through the pool inside are made on this very connection: they would wait for it otherwise.
async function prepare(session: Session, options: CheckedPoolOptions, ambient: Ambient): Promise<void> {
  const { connection } = session
  const { rowMode, onOpen } = options
  const lent = new PooledConnection(session, { rowMode, autocommit: true, readOnly: false })
  try {
    const scope = scopeOf(session, () => lent.begin())
    await ambient.run(scope, { holder: session, lane: null, around: null }, async () => onOpen?.(lent))
    await session.settle()
    if (session.inTransaction) await commit(session)
    await session.dropResults()
  } catch (error) {
    await connection.close()
    throw error
  } finally {
    session.end()
  }
}
