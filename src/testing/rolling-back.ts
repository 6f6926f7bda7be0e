import { checkBoolean, NO_OPTIONS, ownOptions } from '../contract/checks.ts'
import { InterfaceError } from '../contract/errors.ts'
import { AMBIENT } from '../pool/ambient.ts'
import type { ConnectionPool } from '../pool/pool.ts'

/** How the work of a test is to be undone. */
export interface RollingBackOptions {
  /**
   * What an interaction inside has asked for by `txn.afterCommit` is done when that one has ended, as it would be without
   * the transaction of the test; `txn.afterRollback` alike. Default false: nothing follows, since nothing is committed.
   */
  readonly followUps?: boolean
}

/** Stands for the wish that nothing be kept. */
const DONE: unique symbol = Symbol('done')

/**
 * Runs the work of a test in a transaction that is rolled back whatever becomes of it, so that the next test finds the
 * database as this one did. Calls through the pool and models join it, and interactions inside are savepoints. Gives what
 * the work gives, and throws what it throws. What runs in a context of its own, such as a server that was started before,
 * does not join.
 *
 * @example
 * test('a user is greeted once', () =>
 *   rollingBack(pool, async () => {
 *     await User.create({ name: 'ann' })
 *     assert.equal(await greetAll(), 1)
 *   }))
 */
export async function rollingBack<T, Txn, Conn>(
  pool: ConnectionPool<Txn, Conn>,
  work: (txn: Txn) => T | Promise<T>,
  options: RollingBackOptions = NO_OPTIONS,
): Promise<T> {
  const { followUps = false } = ownOptions(options, ['followUps'], 'rollingBack')
  const follows = checkBoolean('followUps', followUps)
  if (pool[AMBIENT].scope) throw insideAnother()
  const done: T[] = []
  try {
    await pool.runInteraction({ retry: 1 }, async (txn) => {
      pool[AMBIENT].scope?.session.followUps.asInTest(follows ? 'played' : 'mute')
      done.push(await work(txn))
      throw DONE
    })
  } catch (error) {
    if (error !== DONE) throw error
  }
  return done[0] as T
}

// A savepoint could be rolled back as well, but what the work around it does meanwhile would be undone with it.
function insideAnother(): InterfaceError {
  return new InterfaceError(
    'rollingBack is the outermost transaction of a test, so it is not called inside another one',
    {
      code: 'INSIDE_INTERACTION',
      kind: 'usage',
    },
  )
}
