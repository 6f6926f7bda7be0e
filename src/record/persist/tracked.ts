import { SqlError } from '../../contract/errors.ts'
import type { Definition } from '../contract.ts'
import type { Around } from '../ways/way.ts'

/**
 * Does work on records of a model. Inside a transaction a promise that nobody awaits is awaited before the end, and fails
 * it if it fails. It gives the very promise that knows whether somebody awaits it.
 */
export function tracked<T>(definition: Definition, work: () => Promise<T>): Promise<T> {
  const around = aroundOf(definition)
  return around ? around.track(() => ofCaller(work)) : ofCaller(work)
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

// A stack is ten frames long, and those of the writing of a record would leave no room for who asked for it.
async function ofCaller<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof SqlError && !told.has(error)) {
      told.add(error)
      Error.captureStackTrace(error, ofCaller)
    }
    throw error
  }
}
