import type { Connection } from '../contract/connection.ts'
import type { ConnectPlan } from '../contract/driver.ts'
import type { CheckedPoolOptions } from './pool-options.ts'
import type { Source } from './source.ts'

/** Opens a connection, but not before `after` has resolved. */
export type Open = (after: Promise<unknown> | null) => Promise<Connection>

/** Opens a reader before there is a writer; if that cannot be, after `openWriter`, whose failure is then the reason. */
export async function openEarly(
  plan: ConnectPlan,
  open: Open,
  openWriter: () => Promise<unknown> | null,
): Promise<Connection> {
  const early = await open(null).catch(() => null)
  if (early?.layout === plan.layout) return early
  await early?.close()
  return await open(openWriter())
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
