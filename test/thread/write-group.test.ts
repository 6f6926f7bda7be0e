import assert from 'node:assert/strict'
import test, { mock } from 'node:test'
import type { BlockingConnection, BoundValues } from '../../src/contract/blocking.ts'
import type { Outcome, Query } from '../../src/contract/connection.ts'
import type { BlockingDriver } from '../../src/contract/driver.ts'
import { Failure } from '../../src/contract/failure.ts'
import type { Role } from '../../src/contract/statement.ts'
import { fullTuning, type Tuning } from '../../src/contract/tuning.ts'
import type { Value } from '../../src/contract/value.ts'
import { ThreadConnection } from '../../src/thread/connection.ts'
import { cell } from '../../src/thread/memory.ts'
import { MemoryThread } from '../../src/thread/memory-port.ts'
import { type Log, type Script, scripted } from './scripted.ts'

type Scripts = Record<string, (values: BoundValues) => Script>
type Changeable = { -readonly [K in keyof BlockingConnection]: BlockingConnection[K] }

const BUSY = new Error('busy')

// The thread's own time: statements take as long as the test says.
let time = 0
mock.method(performance, 'now', () => time)

/** A driver that knows its writes: those whose text begins with `w`. */
function writing(scripts: Scripts, log: Log, onConnect: (connection: Changeable) => void): BlockingDriver {
  const driver = scripted(scripts, log)
  return {
    ...driver,
    shape: (sql) => ({ ...driver.shape(sql), changesRows: sql.startsWith('w') }),
    failure: (thrown) => ({ ...driver.failure(thrown), kind: thrown === BUSY ? 'busy' : 'other' }),
    connect(options, context) {
      const opening = driver.connect(options, context)
      onConnect(opening.connection as Changeable)
      return opening
    },
  }
}

function ask(sql: string, more: Partial<Query> = {}): Query {
  return { sql, values: [], names: null, rowMode: 'array', inTransaction: false, ...more }
}

const changed = (rowCount = 1) => ({ rowCount })

interface Opening {
  readonly role?: Role
  readonly tuning?: Partial<Tuning>
}

async function opened(scripts: Scripts, { role = 'writer', tuning = {} }: Opening = {}) {
  const log: Log = []
  const connections: Changeable[] = []
  const thread = new MemoryThread(writing(scripts, log, (connection) => void connections.push(connection)))
  const opening = ThreadConnection.open(thread, {}, { role, name: 'test', tuning: { ...fullTuning, ...tuning } })
  await thread.run()
  const connection = await opening
  const native = connections[0] as Changeable
  /** Sends these together and gives what the connection was asked to do for them. */
  const together = async (...queries: (string | Query)[]) => {
    const from = log.length
    const answers = queries.map((query) => connection.query(typeof query === 'string' ? ask(query) : query))
    await thread.run()
    return { log: log.slice(from), outcomes: await Promise.all(answers) }
  }
  /** Runs each once, so that it is known to be fast. */
  const known = async (...statements: string[]) => {
    for (const sql of statements) await together(sql)
  }
  const answered = () => Atomics.load(new Int32Array(thread.memory.control), cell.replyHead)
  return { connection, native, thread, log, together, known, answered }
}

function messages(outcomes: readonly (Outcome | Failure)[]): (string | number)[] {
  return outcomes.map((outcome) => (outcome instanceof Failure ? outcome.record.message : outcome.rowCount))
}

test('writes that wait together share one COMMIT, in the order of their calls', async () => {
  const { together, known } = await opened({ w1: () => changed(1), w2: () => changed(2), w3: () => changed(3) })
  await known('w1', 'w2', 'w3')
  const { log, outcomes } = await together('w2', 'w1', 'w3', 'w1')
  assert.deepEqual(log, ['begin write', 'w2', 'w1', 'w3', 'w1', 'commit'])
  assert.deepEqual(messages(outcomes), [2, 1, 3, 1])
})

test('each gets its own rows, row id and count', async () => {
  let id = 0
  const { together, known } = await opened({
    w: (values) => ({ rowCount: 1, lastRowId: ++id, columns: ['v'], rows: [[(values as Value[])[0] as Value]] }),
    'w plain': () => ({ rowCount: 7 }),
  })
  await known('w', 'w plain')
  id = 0
  const { outcomes } = await together(ask('w', { values: ['a'] }), 'w plain', ask('w', { values: ['b'] }))
  const seen = outcomes.map((outcome) => {
    const { rows, rowCount, lastRowId, description } = outcome as Outcome
    return { rows, rowCount, lastRowId, columns: description?.map(({ name }) => name) }
  })
  assert.deepEqual(seen, [
    { rows: [['a']], rowCount: 1, lastRowId: 1, columns: ['v'] },
    { rows: [], rowCount: 7, lastRowId: null, columns: undefined },
    { rows: [['b']], rowCount: 1, lastRowId: 2, columns: ['v'] },
  ])
})

test('no answer leaves the thread before COMMIT has returned', async () => {
  const { together, known, native, answered } = await opened({ w: () => changed() })
  await known('w')
  const { commit } = native
  const heads: number[] = []
  native.begin = ((begin) => (mode) => {
    heads.push(answered())
    begin.call(native, mode)
  })(native.begin)
  native.commit = () => {
    heads.push(answered())
    commit.call(native)
    heads.push(answered())
  }
  const { outcomes } = await together('w', 'w', 'w')
  assert.deepEqual(messages(outcomes), [1, 1, 1])
  assert.equal(heads.length, 3)
  assert.equal(new Set(heads).size, 1, 'an answer was written between BEGIN and the end of COMMIT')
  assert.ok(answered() > (heads[0] as number))
})

test('values wait unharmed until their turn, whatever comes through the ring behind them', async () => {
  const seen: unknown[] = []
  const { together, known } = await opened({
    w: (values) => {
      seen.push((values as Value[])[0], (values as Value[])[1])
      return changed()
    },
  })
  await known('w')
  seen.length = 0
  const sent = Array.from({ length: 100 }, (_, i) => [new Uint8Array(4000).fill(i), `text ${i} `.repeat(200)])
  await together(...sent.map((values) => ask('w', { values: values as Value[] })))
  assert.deepEqual(seen, sent.flat())
})

test('a write alone is timed apart from its COMMIT', async () => {
  const { together, native } = await opened({
    w: () => {
      time += 0.1
      return changed()
    },
  })
  const { commit } = native
  native.commit = () => {
    time += 5
    commit.call(native)
  }
  const { log, outcomes } = await together('w')
  assert.deepEqual(log, ['begin write', 'w', 'commit'])
  assert.equal((outcomes[0] as Outcome).databaseTime, 0.1)
})

test('waiting for the lock counts neither as a write’s time nor as the group’s', async () => {
  const { together, known, native } = await opened({
    w: () => {
      time += 0.1
      return changed()
    },
  })
  await known('w')
  const { begin } = native
  native.begin = (mode) => {
    time += 5000
    begin.call(native, mode)
  }
  for (let i = 0; i < 2; i++) {
    const { log, outcomes } = await together('w', 'w', 'w')
    assert.deepEqual(log, ['begin write', 'w', 'w', 'w', 'commit'])
    for (const outcome of outcomes) assert.ok((outcome as Outcome).databaseTime < 1)
  }
})

test('a write of which nothing is known, or that is known to be slow, runs alone', async () => {
  let wait = 0
  const { together, known } = await opened({
    w: () => changed(),
    'w slow': () => {
      time += wait
      return changed()
    },
  })
  const first = await together('w', 'w')
  assert.deepEqual(first.log.slice(0, 3), ['begin write', 'w', 'commit'])
  await known('w')
  wait = 5
  await together('w slow')
  const { log } = await together('w', 'w', 'w slow', 'w', 'w')
  const pair = ['begin write', 'w', 'w', 'commit']
  assert.deepEqual(log, [...pair, 'begin write', 'w slow', 'commit', ...pair])
})

test('a group takes up no more once its time is over', async () => {
  let wait = 0
  const { together, known } = await opened({
    w: () => {
      time += wait
      return changed()
    },
  })
  await known('w')
  wait = 3
  const { log, outcomes } = await together('w', 'w', 'w')
  const one = ['begin write', 'w', 'commit']
  assert.deepEqual(log, [...one, ...one, ...one])
  assert.deepEqual(messages(outcomes), [1, 1, 1])
})

test('what came while a group ran belongs to the next', async () => {
  let sendMore = () => {}
  const { connection, thread, known, log } = await opened({
    w: () => {
      sendMore()
      return changed()
    },
  })
  await known('w')
  const from = log.length
  const answers = [connection.query(ask('w')), connection.query(ask('w'))]
  await new Promise((resolve) => process.nextTick(resolve))
  // What is sent now is published at once, as another thread would see it in the middle of the group.
  sendMore = () => {
    sendMore = () => {}
    const { nextTick } = process
    process.nextTick = ((callback: () => void) => callback()) as typeof process.nextTick
    answers.push(connection.query(ask('w')), connection.query(ask('w')))
    process.nextTick = nextTick
  }
  thread.step()
  await Promise.all(answers)
  const group = ['begin write', 'w', 'w', 'commit']
  assert.deepEqual(log.slice(from), [...group, ...group])
})

test('whatever is not such a write ends the group before it runs', async () => {
  const others: Record<string, (connection: ThreadConnection) => Promise<unknown>> = {
    read: (connection) => connection.query(ask('read')),
    pragma: (connection) => connection.query(ask('pragma')),
    'begin write': (connection) => connection.begin('write'),
    'w in transaction': (connection) => connection.query(ask('w in transaction', { inTransaction: true })),
    rollback: (connection) => connection.rollback(),
    'w page': (connection) => connection.open(ask('w page'), 10),
    'w many': (connection) => connection.queryMany(ask('w many'), [[1]]),
  }
  const give = () => ({ rowCount: 1, columns: ['v'], rows: [[1]] })
  const scripts = Object.fromEntries(Object.keys(others).map((sql) => [sql, give]))
  const { connection, thread, known, log } = await opened({ ...scripts, w: () => changed() })
  await known('w')
  const from = log.length
  const answers: Promise<unknown>[] = []
  const pair = () => answers.push(connection.query(ask('w')), connection.query(ask('w')))
  for (const other of Object.values(others).slice(0, 2)) {
    pair()
    answers.push(other(connection))
  }
  pair()
  for (const other of Object.values(others).slice(2, 5)) answers.push(other(connection))
  for (const other of Object.values(others).slice(5)) {
    pair()
    answers.push(other(connection))
  }
  await thread.run()
  await Promise.all(answers)
  const group = ['begin write', 'w', 'w', 'commit']
  assert.deepEqual(log.slice(from), [
    ...[...group, 'read'],
    ...[...group, 'pragma'],
    ...[...group, 'begin write', 'w in transaction', 'rollback'],
    ...[...group, 'w page', 'close cursor'],
    ...[...group, 'begin write', 'w many', 'commit'],
  ])
})

test('closing commits and answers what waits before it', async () => {
  const { connection, thread, known, log } = await opened({ w: () => changed() })
  await known('w')
  const from = log.length
  const answers = [connection.query(ask('w')), connection.query(ask('w'))]
  const closing = connection.close()
  await thread.run()
  await closing
  assert.deepEqual(messages(await Promise.all(answers)), [1, 1])
  assert.deepEqual(log.slice(from), ['begin write', 'w', 'w', 'commit', 'close'])
})

test('a write that fails fails alone', async () => {
  let broken = false
  const { together, known } = await opened({
    w: () => changed(),
    'w bad': () => {
      if (broken) throw new Error('broken')
      return changed()
    },
  })
  await known('w', 'w bad')
  broken = true
  const { log, outcomes } = await together('w', 'w bad', 'w')
  assert.deepEqual(log, ['begin write', 'w', 'w bad', 'w', 'commit'])
  assert.deepEqual(messages(outcomes), [1, 'broken', 1])
  const alone = await together('w bad')
  assert.deepEqual(alone.log, ['begin write', 'w bad', 'commit'])
  assert.deepEqual(messages(alone.outcomes), ['broken'])
})

test('when the transaction is gone with a write, those before it run again, each alone, and the others go on', async () => {
  let gone = false
  const { together, known, native } = await opened({
    w: () => changed(),
    'w end': () => {
      if (!gone) return changed()
      native.inTransaction = false
      throw new Error('all gone')
    },
  })
  await known('w', 'w end')
  gone = true
  const { log, outcomes } = await together('w', 'w', 'w end', 'w', 'w')
  const alone = ['begin write', 'w', 'commit']
  assert.deepEqual(log, [
    ...['begin write', 'w', 'w', 'w end', 'rollback'],
    ...[...alone, ...alone, 'begin write', 'w end', 'rollback'],
    ...['begin write', 'w', 'w', 'commit'],
  ])
  assert.deepEqual(messages(outcomes), [1, 1, 'all gone', 1, 1])
})

test('when COMMIT fails each runs alone, and the one to blame gets the error', async () => {
  let guilty = false
  let violated = false
  const { together, known, native } = await opened({
    w: () => changed(),
    'w guilty': () => {
      violated = guilty
      return changed()
    },
  })
  const { commit, rollback } = native
  native.commit = () => {
    if (violated) throw new Error('violated')
    commit.call(native)
  }
  native.rollback = () => {
    violated = false
    rollback.call(native)
  }
  await known('w', 'w guilty')
  guilty = true
  const { log, outcomes } = await together('w', 'w guilty', 'w')
  const alone = ['begin write', 'w', 'commit']
  assert.deepEqual(log, [
    ...['begin write', 'w', 'w guilty', 'w', 'rollback'],
    ...[...alone, 'begin write', 'w guilty', 'rollback', ...alone],
  ])
  assert.deepEqual(messages(outcomes), [1, 'violated', 1])
})

test('a failure that a COMMIT made untrue is not told', async () => {
  // Only the first of two equal values can be there; it is lost with its COMMIT, so the second one is not too many.
  let taken = false
  let commits = 0
  let failing = false
  const { together, known, native } = await opened({
    w: () => changed(),
    'w first': () => {
      taken = true
      return changed()
    },
    'w same': () => {
      if (taken && failing) throw new Error('there already')
      return changed()
    },
  })
  await known('w', 'w first', 'w same')
  const { commit, rollback } = native
  native.commit = () => {
    if (++commits <= 2) throw new Error('no COMMIT')
    commit.call(native)
  }
  native.rollback = () => {
    taken = false
    rollback.call(native)
  }
  failing = true
  const { outcomes } = await together('w first', 'w same')
  assert.deepEqual(messages(outcomes), ['no COMMIT', 1])
})

test('a lock that others hold at BEGIN or COMMIT fails all at once, after one time-out', async () => {
  for (const verb of ['begin', 'commit'] as const) {
    const { together, known, native } = await opened({ w: () => changed() })
    await known('w')
    const original = native[verb] as (mode?: unknown) => void
    let attempts = 0
    native[verb] = () => {
      attempts++
      throw BUSY
    }
    const { outcomes } = await together('w', 'w', 'w')
    assert.deepEqual(messages(outcomes), ['busy', 'busy', 'busy'])
    assert.equal(attempts, 1)
    assert.equal(native.inTransaction, false)
    native[verb] = original
    assert.deepEqual(messages((await together('w', 'w')).outcomes), [1, 1])
  }
})

test('where violations may be found only at COMMIT, nothing shares one', async () => {
  const { together, known, native } = await opened({ w: () => changed() })
  await known('w')
  native.checksAtCommit = true
  const { log, outcomes } = await together('w', 'w')
  const alone = ['begin write', 'w', 'commit']
  assert.deepEqual(log, ['begin write', 'rollback', ...alone, ...alone])
  assert.deepEqual(messages(outcomes), [1, 1])
})

test('a write that was given up while it waited does not run', async () => {
  const { connection, thread, known, log } = await opened({ w: () => changed(), 'w mine': () => changed() })
  await known('w', 'w mine')
  const from = log.length
  const controller = new AbortController()
  const answers = [ask('w'), ask('w mine', { signal: controller.signal }), ask('w')].map((q) => connection.query(q))
  controller.abort()
  await thread.run()
  assert.deepEqual(messages(await Promise.all(answers)), [1, 'the call was aborted', 1])
  assert.deepEqual(log.slice(from), ['begin write', 'w', 'w', 'commit'])
})

test('a write given up behind its run leaves no trace: the others run again without it', async () => {
  const controller = new AbortController()
  let abort = () => {}
  const { together, known } = await opened({
    w: () => changed(),
    'w mine': () => changed(),
    'w late': () => {
      abort()
      return changed()
    },
  })
  await known('w', 'w mine', 'w late')
  abort = () => controller.abort()
  const { log, outcomes } = await together('w', ask('w mine', { signal: controller.signal }), 'w late')
  assert.deepEqual(log, [
    ...['begin write', 'w', 'w mine', 'w late', 'rollback'],
    ...['begin write', 'w', 'w late', 'commit'],
  ])
  assert.deepEqual(messages(outcomes), [1, 'the call was aborted', 1])
})

test('a write given up when its COMMIT had been decided gets its result', async () => {
  const controller = new AbortController()
  const { together, known, native } = await opened({ w: () => changed(), 'w mine': () => changed() })
  await known('w', 'w mine')
  const { commit } = native
  native.commit = () => {
    controller.abort()
    commit.call(native)
  }
  const { log, outcomes } = await together('w', ask('w mine', { signal: controller.signal }))
  assert.deepEqual(log, ['begin write', 'w', 'w mine', 'commit'])
  assert.deepEqual(messages(outcomes), [1, 1])
})

test('a write that can be given up keeps its answer when the group has to run apart', async () => {
  const { signal } = new AbortController()
  let failures = 1
  const { together, known, native } = await opened({ w: () => changed(), 'w mine': () => changed() })
  await known('w', 'w mine')
  const { commit } = native
  native.commit = () => {
    if (failures-- > 0) throw new Error('no COMMIT')
    commit.call(native)
  }
  const { outcomes } = await together('w', ask('w mine', { signal }))
  assert.deepEqual(messages(outcomes), [1, 1])
})

test('a statement that ends the transaction without failing is told so, and alone', async () => {
  let ends = false
  const { together, known, native } = await opened({
    w: () => changed(),
    'w end': () => {
      if (ends) native.inTransaction = false
      return changed()
    },
  })
  await known('w', 'w end')
  ends = true
  const { outcomes } = await together('w', 'w end', 'w')
  assert.equal(messages(outcomes)[0], 1)
  assert.equal((outcomes[1] as Failure).record.code, 'TRANSACTION_BY_HAND')
  assert.equal(messages(outcomes)[2], 1)
})

test('groupCommit: false and a connection that cannot write have no groups', async () => {
  for (const opening of [{ tuning: { groupCommit: false } }, { role: 'reader' }] as const) {
    const { together } = await opened({ w: () => changed() }, opening)
    for (let i = 0; i < 3; i++) assert.deepEqual((await together('w', 'w')).log, ['w', 'w'])
  }
})

test('a result larger than a message comes whole, and after COMMIT', async () => {
  let large = false
  const { together, known } = await opened({
    w: () => changed(),
    'w rows': () => ({
      rowCount: 5000,
      columns: ['v'],
      rows: Array.from({ length: large ? 5000 : 1 }, (_, i) => [`${i} ${'x'.repeat(100)}`]),
    }),
  })
  await known('w', 'w rows')
  large = true
  const { log, outcomes } = await together('w', 'w rows', 'w')
  assert.deepEqual(log, ['begin write', 'w', 'w rows', 'w', 'commit'])
  const { rows } = outcomes[1] as Outcome
  assert.equal(rows.length, 5000)
  assert.deepEqual(rows.at(-1), [`4999 ${'x'.repeat(100)}`])
})
