import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CommitUnknownError, ConnectionLostError, ConnectionPool, OperationalError } from 'offloop'
import { closedAtEnd, type Owner } from '../databases.ts'
import { refused, rejectionOf } from './expect.ts'
import gates from './fixtures/gate-driver.ts'
import { Gate } from './fixtures/gate-memory.ts'

const died = { code: 'THREAD_DIED', kind: 'connectionLost', message: /exit code 7/ }

function gatePool(owner: Owner, layout: string, max = layout === 'one' ? 1 : 2): ConnectionPool {
  return closedAtEnd(owner, new ConnectionPool(gates, { layout }, { max }))
}

test('ADB-087 ADB-089 DEF-021 a thread that dies takes only its own call with it, and is replaced', async (t) => {
  const pool = gatePool(t, 'equal')
  const gate = new Gate()
  const other = pool.runQuery(`WAIT ${gate.number}`)
  await gate.reached()
  await refused(() => pool.runQuery('EXIT'), ConnectionLostError, died)
  assert.equal(pool.stats().lost, 1)
  assert.deepEqual(await pool.runQuery('ECHO ?', 1), [{ echo: 1 }])
  gate.open()
  assert.deepEqual(await other, [{ wait: gate.number }])
  const { opened, lost, lanes } = pool.stats()
  assert.deepEqual({ opened, lost, lanes: lanes.length }, { opened: 3, lost: 1, lanes: 2 })
})

test('DEF-021 those who wait for the connection get another', async (t) => {
  const pool = gatePool(t, 'one')
  await pool.start()
  const dying = rejectionOf(() => pool.runQuery('EXIT'))
  const waiting = [1, 2, 3].map((n) => pool.runQuery('ECHO ?', n))
  assert.ok((await dying) instanceof ConnectionLostError)
  assert.deepEqual(await Promise.all(waiting), [[{ echo: 1 }], [{ echo: 2 }], [{ echo: 3 }]])
})

test('P14 many deaths leave the pool as it was', async (t) => {
  const pool = gatePool(t, 'equal', 3)
  for (let i = 0; i < 4; i++) {
    const calls = await Promise.allSettled([1, 2, 3].map(() => pool.runQuery('EXIT')))
    for (const call of calls) assert.ok(call.status === 'rejected' && call.reason instanceof ConnectionLostError)
  }
  assert.equal(pool.stats().lost, 12)
  assert.deepEqual(
    await Promise.all([1, 2, 3].map((n) => pool.runQuery('ECHO ?', n))),
    [1, 2, 3].map((n) => [{ echo: n }]),
  )
  assert.equal(pool.stats().waiting, 0)
})

test('DEF-021 every kind of call is told', async (t) => {
  const pool = gatePool(t, 'one')
  const calls = [
    () => pool.runQuery('EXIT'),
    () => pool.runOperation('EXIT'),
    () => pool.executeMany('EXIT', [[]]),
    () => pool.stream('EXIT').next(),
    () => pool.runInteraction((txn) => txn.execute('EXIT')),
    () => pool.runWithConnection((connection) => connection.query('EXIT')),
    () => pool.runQuery('EXIT', [], { timeout: 60_000 }),
  ]
  for (const call of calls) {
    await refused(call, ConnectionLostError, died)
    assert.deepEqual(await pool.runQuery('ECHO ?', 1), [{ echo: 1 }])
  }
})

test('D15 a thread that dies in COMMIT leaves the outcome unknown', async (t) => {
  const pool = gatePool(t, 'one')
  const expected = { code: 'COMMIT_UNKNOWN', kind: 'commitUnknown' }
  const interaction = () => pool.runInteraction((txn) => txn.query('ARM commit exit'))
  const error = await refused(interaction, CommitUnknownError, expected)
  assert.ok(error.cause instanceof ConnectionLostError)
  assert.equal(error.retryable, false)
  const lent = () => pool.runWithConnection((connection) => connection.query('ARM commit exit'))
  await refused(lent, CommitUnknownError, expected)
  const byHand = () =>
    pool.runWithConnection(async (connection) => {
      await connection.query('ARM commit exit')
      await connection.commit()
    })
  await refused(byHand, CommitUnknownError, expected)
  assert.deepEqual(await pool.runQuery('ECHO ?', 1), [{ echo: 1 }])
})

test('ADB-057 D15 a thread that died before COMMIT leaves nothing unknown', async (t) => {
  const pool = gatePool(t, 'one')
  const swallow = () =>
    pool.runInteraction(async (txn) => {
      await rejectionOf(() => txn.query('EXIT'))
    })
  const error = await refused(swallow, ConnectionLostError, { code: 'CONNECTION_LOST', kind: 'connectionLost' })
  assert.match(error.message, /nothing of the transaction is kept/)
  assert.deepEqual(await pool.runQuery('ECHO ?', 1), [{ echo: 1 }])
})

test('D15 a bulk operation and a statement with a deadline know the third outcome too', async (t) => {
  const pool = gatePool(t, 'one')
  await refused(() => pool.executeMany('ARM commit exit', [[]]), CommitUnknownError, {
    code: 'COMMIT_UNKNOWN',
    kind: 'commitUnknown',
  })
  assert.deepEqual(await pool.runQuery('ECHO ?', 1), [{ echo: 1 }])
})

test('ADB-060 F72 when rolling back fails too, the first error comes out, and the connection is replaced', async (t) => {
  const pool = gatePool(t, 'one')
  const mine = new Error('mine')
  const interaction = async () =>
    await pool.runInteraction(async (txn) => {
      await txn.query('ARM rollback fail')
      throw mine
    })
  assert.equal(await rejectionOf(interaction), mine)
  const { suppressed } = mine as { suppressed?: unknown }
  assert.ok(suppressed instanceof OperationalError)
  assert.match(suppressed.message, /the rollback failed/)
  const log = (await pool.runQuery<string[]>('LOG', [], { rowMode: 'array' })).flat()
  assert.deepEqual(log, ['LOG'])
  assert.equal(pool.stats().opened, 2)
})

test('ADB-082 on a lent connection too the first error comes out when rolling back fails', async (t) => {
  const pool = gatePool(t, 'one')
  for (const how of ['fail', 'exit']) {
    const mine = new Error('mine')
    const lent = () =>
      pool.runWithConnection(async (connection) => {
        await connection.query(`ARM rollback ${how}`)
        throw mine
      })
    assert.equal(await rejectionOf(lent), mine)
    assert.ok((mine as { suppressed?: unknown }).suppressed instanceof OperationalError)
    assert.deepEqual(await pool.runQuery('ECHO ?', 1), [{ echo: 1 }])
  }
})

test('ADB-060 so it is when the thread dies in the rollback, and when the error takes no further property', async (t) => {
  const pool = gatePool(t, 'one')
  for (const thrown of [Object.freeze(new Error('frozen')), 'text', undefined]) {
    for (const how of ['fail', 'exit']) {
      const interaction = () =>
        pool.runInteraction(async (txn) => {
          await txn.query(`ARM rollback ${how}`)
          throw thrown
        })
      assert.equal(await rejectionOf(interaction), thrown)
      assert.deepEqual(await pool.runQuery('ECHO ?', 1), [{ echo: 1 }])
    }
  }
})

test('ADB-058 a COMMIT that fails is rolled back', async (t) => {
  const pool = gatePool(t, 'one')
  const interaction = () => pool.runInteraction((txn) => txn.query('ARM commit fail'))
  await refused(interaction, OperationalError, { code: 'GATE_FAILED', kind: 'other' })
  const log = (await pool.runQuery<string[]>('LOG', [], { rowMode: 'array' })).flat()
  assert.deepEqual(log, ['begin write', 'ARM commit fail', 'commit', 'rollback', 'LOG'])
})

test('DEF-021 closing goes on when a thread dies meanwhile', async (t) => {
  const pool = gatePool(t, 'one')
  await pool.start()
  const dying = rejectionOf(() => pool.runQuery('EXIT'))
  await pool.close()
  assert.ok((await dying) instanceof ConnectionLostError)
  assert.deepEqual(pool.stats().lanes, [])
})

test('DEF-021 a thread that dies idle is replaced when somebody comes', async (t) => {
  const pool = gatePool(t, 'equal', 1)
  await pool.start()
  const lost = rejectionOf(() => pool.runQuery('EXIT'))
  await lost
  assert.deepEqual(await pool.runQuery('ECHO ?', 1), [{ echo: 1 }])
})
