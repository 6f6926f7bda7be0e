import type { Connection } from '../contract/connection.ts'
import type { ConnectPlan } from '../contract/driver.ts'
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
    const { tuning } = options
    const open = (after: Promise<unknown> | null) =>
      driver.connect(plan.options, { role, name, tuning, ...(after && { after }) })
    const connection = typeof after === 'function' ? await openEarly(plan, open, after) : await open(after)
    if (options.onOpen) await prepare(connection, preparer, options)
    return connection
  }
}

/**
 * Makes the function that clears away what readers leave behind that had no writer beside them; null where a writer has
 * to come first.
 */
export function clearer({ driver, plan }: Source, options: CheckedPoolOptions): (() => Promise<void>) | null {
  const { afterReaders } = plan
  // The writer's onOpen may make what readers find.
  if (!afterReaders || options.onOpen) return null
  return async () => {
    const context = { role: 'writer', name: `${options.name}-last` } as const
    const last = await driver.connect(afterReaders, context).catch(() => null)
    await last?.close()
  }
}

type Open = (after: Promise<unknown> | null) => Promise<Connection>

/** Opens a reader before there is a writer; if that cannot be, after `openWriter`, whose failure is then the reason. */
async function openEarly(
  plan: ConnectPlan,
  open: Open,
  openWriter: () => Promise<unknown> | null,
): Promise<Connection> {
  const early = await open(null).catch(() => null)
  if (early?.layout === plan.layout) return early
  await early?.close()
  return await open(openWriter())
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
