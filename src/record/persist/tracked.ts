import { SqlError } from '../../contract/errors.ts'
import type { Definition } from '../contract.ts'
import type { Around } from '../ways/way.ts'

/**
 * Does work on records of a model. Inside a transaction a promise that nobody awaits is awaited before the end, and fails
 * it if it fails. It gives the very promise that knows whether somebody awaits it.
 */
export function tracked<T>(definition: Definition, work: () => Promise<T>): Promise<T>
/** The same, but gives `result`. */
export function tracked<T>(definition: Definition, work: () => Promise<unknown>, result: T): Promise<T>
export function tracked(definition: Definition, work: () => Promise<unknown>, result?: unknown): Promise<unknown> {
  const around = aroundOf(definition)
  return around ? around.track(() => ofCaller(work, result)) : ofCaller(work, result)
}

// A model that belongs to no database says so when the work begins.
function aroundOf(definition: Definition): Around | null {
  try {
    return definition.database.around
  } catch {
    return null
  }
}

const told = new WeakSet<SqlError>()

/** The error comes from code of the user's, which its stack is to name. */
export function keepStack(error: unknown): void {
  if (error instanceof SqlError) told.add(error)
}

// A stack is ten frames long, and those of the writing of a record would leave no room for who asked for it.
async function ofCaller(work: () => Promise<unknown>, result: unknown): Promise<unknown> {
  try {
    const given = await work()
    return result === undefined ? given : result
  } catch (error) {
    if (error instanceof SqlError && !told.has(error)) {
      told.add(error)
      Error.captureStackTrace(error, ofCaller)
    }
    throw error
  }
}
