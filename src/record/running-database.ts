import { AsyncLocalStorage } from 'node:async_hooks'

const running = new AsyncLocalStorage<object>()

/** The database that `Database.run` gave to the running code. */
export function runningDatabase(): object | undefined {
  return running.getStore()
}

export function runWith<T>(database: object, work: () => T): T {
  return running.run(database, work)
}
