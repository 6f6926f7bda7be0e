import type { Definition } from '../contract.ts'

/**
 * Does work on records of a model. Inside a transaction a promise that nobody awaits is awaited before the end, and fails
 * it if it fails. It gives the very promise that knows whether somebody awaits it.
 */
export function tracked<T>(definition: Definition, work: () => Promise<T>): Promise<T> {
  const around = aroundOf(definition)
  return around ? around.track(work) : work()
}

// A model that belongs to no database says so when the work begins.
function aroundOf(definition: Definition) {
  try {
    return definition.database.around
  } catch {
    return null
  }
}
