import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { SqlError } from '../../contract/errors.ts'
import { Failure } from '../../contract/failure.ts'
import type { ErrorKind } from '../../contract/kind.ts'

/** Fails with the broken promise in front of what was found. */
export function same(actual: unknown, expected: unknown, promise: string): void {
  try {
    assert.deepEqual(actual, expected)
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error)
    throw new assert.AssertionError({ message: `${promise}\n${found}`, actual, expected })
  }
}

export function holds(condition: boolean, promise: string): asserts condition {
  assert.ok(condition, promise)
}

/** What a call resolved to. A rejection breaks the contract, whatever it says. */
export async function answer<T>(call: Promise<T>, what: string): Promise<T> {
  try {
    return await call
  } catch (error) {
    throw new Error(
      `${what} rejected. A call of a connection must resolve to a Failure when the database refuses, because an error ` +
        'is only thrown in the frame of whoever asked. It rejected with the cause of this error.',
      { cause: error },
    )
  }
}

/** What a call resolved to, which must not be a Failure. */
export async function success<T>(call: Promise<T>, what: string): Promise<Exclude<T, Failure>> {
  const given = await answer(call, what)
  if (given instanceof Failure) throw new Error(`${what} must succeed, and failed`, { cause: given.toError() })
  return given as Exclude<T, Failure>
}

/** The Failure that a call resolved to, complete, and of one of these kinds if any are named. */
export async function failure(call: Promise<unknown>, what: string, ...kinds: ErrorKind[]): Promise<Failure> {
  const given = await answer(call, what)
  if (!(given instanceof Failure)) {
    throw new Error(`${what} must resolve to a Failure (the class of offloop/driver), and gave ${inspect(given)}`)
  }
  const error = given.toError()
  holds(error instanceof SqlError, `${what}: the Failure's error must be of PEP 249's tree, not ${inspect(error)}`)
  holds(error.message.length > 0, `${what}: the Failure must have a message`)
  holds(error.code.length > 0, `${what}: the Failure must have a code`)
  const fits = kinds.length === 0 || kinds.includes(error.kind)
  holds(fits, `${what}: the Failure must be of kind ${kinds.join(' or ')}, not ${error.kind}: ${error.message}`)
  return given
}

/** For begin, commit, savepoint and the like, which answer with null. */
export async function done(call: Promise<Failure | null>, what: string): Promise<void> {
  const given = await success(call, what)
  holds(given === null, `${what} must resolve to null when it succeeds, not to ${inspect(given)}`)
}
