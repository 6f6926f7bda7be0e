import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorClasses, type SqlError } from '../../src/contract/errors.ts'
import { causeRecord, Failure, recordOf } from '../../src/contract/failure.ts'

/** PEP 249's tree: each class and the one it derives from. */
const parents = {
  InterfaceError: 'SqlError',
  DatabaseError: 'SqlError',
  DataError: 'DatabaseError',
  OperationalError: 'DatabaseError',
  IntegrityError: 'DatabaseError',
  InternalError: 'DatabaseError',
  ProgrammingError: 'DatabaseError',
  NotSupportedError: 'DatabaseError',
} as const

test('DBA-012 the classes of PEP 249 derive from each other as it says', () => {
  for (const [name, parent] of Object.entries(parents) as [keyof typeof parents, 'SqlError' | 'DatabaseError'][]) {
    const error = new errorClasses[name]('text')
    assert.equal(Object.getPrototypeOf(errorClasses[name]), errorClasses[parent], name)
    assert.ok(error instanceof errorClasses[parent] && error instanceof Error)
    assert.equal(error.name, name)
    for (const other of Object.keys(parents) as (keyof typeof parents)[]) {
      assert.equal(error instanceof errorClasses[other], other === name || other === parent, `${name} as ${other}`)
    }
  }
  assert.equal(Object.getPrototypeOf(errorClasses.SqlError), Error)
})

test('DBA-012 an error of any class is of that class again when it has crossed a thread as a record', () => {
  for (const [name, Class] of Object.entries(errorClasses)) {
    const details = { code: 'CODE', kind: 'busy', retryable: true, cause: new RangeError('why') } as const
    const record = structuredClone(recordOf(new Class('text', details)))
    const error = new Failure(record).toError() as SqlError
    assert.equal(error.constructor, Class)
    assert.deepEqual([error.name, error.message, error.code], [name, 'text', 'CODE'])
    assert.deepEqual([error.kind, error.retryable], ['busy', true])
    assert.equal((error.cause as Error).message, 'why')
  }
  assert.equal(causeRecord(new Error('plain')).message, 'plain')
})
