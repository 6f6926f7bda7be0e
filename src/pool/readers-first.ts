import { SqlError } from '../contract/errors.ts'
import type { After, Connect } from './lane-life.ts'
import type { CheckedPoolOptions } from './pool-options.ts'
import type { Connecting } from './source.ts'

/**
 * Makes of a function that opens connections one that opens a reader before there is a writer: if the database is not
 * ready for that, after the writer, whose failure is then the reason.
 */
export function readersFirst({ plan }: Connecting, open: Connect<Promise<unknown> | null>): Connect<After> {
  return async (role, id, after) => {
    if (typeof after !== 'function') return await open(role, id, after)
    const early = await open(role, id, null).catch(unlessBusy)
    if (early?.layout === plan.layout) return early
    await early?.close()
    return await open(role, id, after())
  }
}

// A writer would have to wait as long for whoever holds the lock, or for the disk, and the caller twice.
function unlessBusy(error: unknown): null {
  if (error instanceof SqlError && (error.kind === 'busy' || error.kind === 'timeout')) throw error
  return null
}

/**
 * Makes the function that clears away what readers leave behind that had no writer beside them; null where a writer has
 * to come first.
 */
export function clearer({ driver, plan }: Connecting, options: CheckedPoolOptions): (() => Promise<void>) | null {
  const { afterReaders } = plan
  // The writer's onOpen may make what readers find.
  if (!afterReaders || options.onOpen) return null
  const { name, isolation } = options
  return async () => {
    const last = await driver
      .connect(afterReaders, { role: 'writer', name: `${name}-last`, isolation })
      .catch(() => null)
    await last?.close()
  }
}
