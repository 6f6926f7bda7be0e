import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, mock, type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { type BlockingDriver, Failure, fullTuning, type Query, type Value } from '../../src/contract/index.ts'
import { plan, type SqliteOptions } from '../../src/drivers/sqlite/options.ts'
import { ThreadConnection } from '../../src/thread/connection.ts'
import { MemoryThread } from '../../src/thread/memory-port.ts'
import { drivers, folder, open, run } from './databases.ts'

// Nothing is slow, however busy the machine is: what is sent together is one group.
mock.method(performance, 'now', () => 0)

type Statement = readonly [sql: string, ...values: Value[]]

interface Subject {
  /** Runs statements one after the other. */
  each(...statements: (string | Statement)[]): Promise<unknown[]>
  /** Sends statements together. */
  together(...statements: (string | Statement)[]): Promise<unknown[]>
  rows(sql: string): Promise<unknown>
  /** How many transactions were committed since the last question. */
  commits(): number
}

interface Setting {
  readonly filename?: string
  readonly groupCommit?: boolean
  readonly options?: Partial<SqliteOptions>
}

function counting(driver: BlockingDriver<SqliteOptions>, onCommit: () => void): BlockingDriver<SqliteOptions> {
  return {
    ...driver,
    connect(options, context) {
      const opening = driver.connect(options, context)
      const { connection } = opening
      const { commit } = connection
      connection.commit = () => {
        commit.call(connection)
        onCommit()
      }
      return opening
    },
  }
}

/** A writer whose thread is stepped by the test, on a database of its own. */
async function opened(
  t: TestContext,
  driver: BlockingDriver<SqliteOptions>,
  { filename = join(folder(t), 'test.db'), groupCommit = true, options = {} }: Setting = {},
): Promise<Subject> {
  let committed = 0
  const thread = new MemoryThread(counting(driver, () => committed++) as BlockingDriver)
  const tuning = { ...fullTuning, groupCommit }
  const opening = ThreadConnection.open(thread, plan({ filename, ...options }).options, {
    role: 'writer',
    name: 't',
    tuning,
  })
  await thread.run()
  const connection = await opening
  t.after(async () => {
    const closing = connection.close()
    await thread.run()
    await closing
  })
  const together = async (...statements: (string | Statement)[]) => {
    const answers = statements.map((statement) => connection.query(queryOf(statement)))
    await thread.run()
    return (await Promise.all(answers)).map(seen)
  }
  return {
    together,
    async each(...statements) {
      const all: unknown[] = []
      for (const statement of statements) all.push(...(await together(statement)))
      return all
    },
    rows: async (sql) => ((await together(sql))[0] as { rows: unknown }).rows,
    commits() {
      const count = committed
      committed = 0
      return count
    },
  }
}

function queryOf(statement: string | Statement): Query {
  const [sql, ...values] = typeof statement === 'string' ? [statement] : statement
  return { sql, values, names: null, rowMode: 'array', inTransaction: false }
}

/** What a caller learns from an answer. */
function seen(answer: Awaited<ReturnType<ThreadConnection['query']>>): unknown {
  if (answer instanceof Failure) return `${answer.record.code}: ${answer.record.message}`
  const { rows, rowCount, lastRowId } = answer
  return { rows, rowCount, lastRowId }
}

const inserted = (id: number) => ({ rows: [], rowCount: 1, lastRowId: id })
const INSERT = 'INSERT INTO t (id, v) VALUES (?, ?)'

for (const driver of drivers) {
  describe(driver.name, () => {
    const withTable = async (t: TestContext, setting?: Setting) => {
      const subject = await opened(t, driver, setting)
      await subject.each('CREATE TABLE t (id INTEGER PRIMARY KEY, v UNIQUE)', [INSERT, 1, 'first'])
      subject.commits()
      return subject
    }

    test('writes sent together are one COMMIT, without the switch one each', async (t) => {
      const writes: Statement[] = [2, 3, 4, 5].map((id) => [INSERT, id, id])
      const grouped = await withTable(t)
      assert.deepEqual(await grouped.together(...writes), [2, 3, 4, 5].map(inserted))
      assert.equal(grouped.commits(), 1)
      const single = await withTable(t, { groupCommit: false })
      assert.deepEqual(await single.together(...writes), [2, 3, 4, 5].map(inserted))
      assert.equal(single.commits(), 0)
    })

    test('each has its own row count, row id and RETURNING rows', async (t) => {
      const { each, together, commits } = await withTable(t)
      const returning = 'INSERT INTO t (v) VALUES (?), (?) RETURNING id'
      const update = 'UPDATE t SET v = v || ? WHERE id > 1'
      const upsert = 'INSERT INTO t (id, v) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET v = excluded.v'
      await each([returning, 'a', 'b'], [update, '!'], [upsert, 1, 'again'], 'DELETE FROM t WHERE id = 99')
      commits()
      const outcomes = await together(
        [returning, 'c', 'd'],
        [update, '?'],
        [upsert, 2, 'second'],
        'DELETE FROM t WHERE id = 99',
        [INSERT, 40, 'z'],
      )
      assert.deepEqual(outcomes, [
        { rows: [[4], [5]], rowCount: 2, lastRowId: 5 },
        { rows: [], rowCount: 4, lastRowId: null },
        { rows: [], rowCount: 1, lastRowId: null },
        { rows: [], rowCount: 0, lastRowId: null },
        inserted(40),
      ])
      assert.equal(commits(), 1)
    })

    test('a write that violates a constraint fails alone, and what depends on it is as one by one', async (t) => {
      const { together, rows, commits } = await withTable(t)
      const outcomes = await together([INSERT, 2, 'x'], [INSERT, 3, 'x'], [INSERT, 4, 'y'], [INSERT, 4, 'z'])
      assert.deepEqual(outcomes, [
        inserted(2),
        'SQLITE_CONSTRAINT_UNIQUE: UNIQUE constraint failed: t.v',
        inserted(4),
        'SQLITE_CONSTRAINT_PRIMARYKEY: UNIQUE constraint failed: t.id',
      ])
      assert.equal(commits(), 1)
      assert.deepEqual(await rows('SELECT id, v FROM t'), [
        [1, 'first'],
        [2, 'x'],
        [4, 'y'],
      ])
    })

    test('F28 OR ROLLBACK, ON CONFLICT ROLLBACK and RAISE(ROLLBACK) undo themselves alone', async (t) => {
      const { each, together, rows } = await withTable(t)
      const orRollback = 'INSERT OR ROLLBACK INTO t (id, v) VALUES (?, ?)'
      await each(
        'CREATE TABLE strict_ (id INTEGER PRIMARY KEY ON CONFLICT ROLLBACK)',
        "CREATE TRIGGER no BEFORE INSERT ON t WHEN new.v = 'no' BEGIN SELECT raise(ROLLBACK, 'not this'); END",
        [orRollback, 2, 2],
        'INSERT INTO strict_ VALUES (1)',
      )
      const outcomes = await together(
        [INSERT, 3, 3],
        [orRollback, 3, 'taken'],
        [INSERT, 4, 4],
        'INSERT INTO strict_ VALUES (1)',
        [INSERT, 5, 5],
        [INSERT, 6, 'no'],
        [INSERT, 7, 7],
      )
      assert.deepEqual(outcomes, [
        inserted(3),
        'SQLITE_CONSTRAINT_PRIMARYKEY: UNIQUE constraint failed: t.id',
        inserted(4),
        'SQLITE_CONSTRAINT_PRIMARYKEY: UNIQUE constraint failed: strict_.id',
        inserted(5),
        'SQLITE_CONSTRAINT_TRIGGER: not this',
        inserted(7),
      ])
      assert.deepEqual(await rows('SELECT id FROM t'), [[1], [2], [3], [4], [5], [7]])
      assert.deepEqual(await rows('SELECT id FROM strict_'), [[1]])
    })

    test('OR FAIL keeps what it did before it failed, as it does alone', async (t) => {
      const { each, together, rows } = await withTable(t)
      const orFail = 'INSERT OR FAIL INTO t (id) VALUES (?), (?)'
      await each([orFail, 2, 3])
      const [, failed] = await together([INSERT, 4, 4], [orFail, 5, 4], [INSERT, 6, 6])
      assert.match(String(failed), /^SQLITE_CONSTRAINT_PRIMARYKEY/)
      await each([orFail, 7, 4])
      assert.deepEqual(await rows('SELECT id FROM t'), [[1], [2], [3], [4], [5], [6], [7]])
    })

    test('F29 a disk that is full fails those alone that find no room', async (t) => {
      const { each, together, rows, commits } = await withTable(t)
      await each('CREATE TABLE big (id INTEGER PRIMARY KEY, v)', ['INSERT INTO big VALUES (?, ?)', 1, 'x'])
      const [[pages]] = (await rows('PRAGMA page_count')) as [[number]]
      await rows(`PRAGMA max_page_count = ${pages + 12}`)
      await each([INSERT, 2, 2])
      commits()
      // Each but the last takes more than four pages.
      const writes: Statement[] = [2, 3, 4, 5, 6].map((id) => ['INSERT INTO big VALUES (?, ?)', id, 'x'.repeat(18_000)])
      const outcomes = await together([INSERT, 3, 3], ...writes, [INSERT, 4, 4])
      const full = 'SQLITE_FULL: database or disk is full'
      assert.deepEqual(outcomes, [inserted(3), inserted(2), inserted(3), full, full, full, inserted(4)])
      assert.deepEqual(await rows('SELECT id FROM t'), [[1], [2], [3], [4]])
      assert.deepEqual(await rows('SELECT id FROM big'), [[1], [2], [3]])
      assert.deepEqual(await rows('PRAGMA integrity_check'), [['ok']])
    })

    const child = 'INSERT INTO child VALUES (?)'
    const parent = 'INSERT INTO parent VALUES (?)'

    test('a deferred foreign key is checked for each write, although a later one would mend it', async (t) => {
      const { each, together, rows } = await opened(t, driver)
      await each(
        'CREATE TABLE parent (id INTEGER PRIMARY KEY)',
        'CREATE TABLE child (p REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)',
        [parent, 1],
        [child, 1],
      )
      const outcomes = await together([parent, 2], [child, 3], [parent, 3], [child, 3])
      const violated = 'SQLITE_CONSTRAINT_FOREIGNKEY: FOREIGN KEY constraint failed'
      assert.deepEqual(outcomes, [inserted(2), violated, inserted(3), inserted(2)])
      assert.deepEqual(await rows('SELECT p FROM child'), [[1], [3]])
    })

    test('so it is when a table with such a key comes in later, from elsewhere, or in another database', async (t) => {
      const ways: ((subject: Subject, filename: string) => Promise<unknown>)[] = [
        ({ each }) => each('CREATE TABLE later (p REFERENCES parent (id) DEFERRABLE INITIALLY Deferred)'),
        ({ each }) => each('CREATE TEMP TABLE later (p REFERENCES other (id) DEFERRABLE INITIALLY DEFERRED)'),
        ({ each }) =>
          each("ATTACH ':memory:' AS a", 'CREATE TABLE a.l (p REFERENCES q (i) DEFERRABLE INITIALLY DEFERRED)'),
        async (_, filename) => {
          const other = open(t, driver, filename).connection
          run(other, 'CREATE TABLE later (p REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)')
        },
      ]
      for (const way of ways) {
        const filename = join(folder(t), 'test.db')
        const subject = await opened(t, driver, { filename })
        await subject.each('CREATE TABLE parent (id INTEGER PRIMARY KEY)', [parent, 1])
        subject.commits()
        await subject.together([parent, 2], [parent, 3])
        assert.equal(subject.commits(), 1)
        await way(subject, filename)
        subject.commits()
        await subject.together([parent, 4], [parent, 5], [parent, 6])
        assert.equal(subject.commits(), 3)
      }
    })

    test('PRAGMA defer_foreign_keys holds for the next write alone, as it does without groups', async (t) => {
      const { each, together, rows, commits } = await opened(t, driver)
      await each(
        'CREATE TABLE parent (id INTEGER PRIMARY KEY)',
        'CREATE TABLE child (p REFERENCES parent (id))',
        [parent, 1],
        [child, 1],
      )
      const outcomes = await together(
        'PRAGMA defer_foreign_keys = ON',
        [child, 2],
        [child, 3],
        [parent, 2],
        [parent, 3],
      )
      const violated = 'SQLITE_CONSTRAINT_FOREIGNKEY: FOREIGN KEY constraint failed'
      assert.deepEqual(outcomes.slice(1), [violated, violated, inserted(2), inserted(3)])
      assert.deepEqual(await rows('SELECT p FROM child'), [[1]])
      commits()
      await together([child, 1], [child, 2])
      assert.equal(commits(), 1)
    })

    test('what cannot run in a transaction, or is another thing there, runs between two groups', async (t) => {
      const { each, together, rows, commits } = await withTable(t)
      await each(
        'CREATE TABLE parent (id INTEGER PRIMARY KEY)',
        'CREATE TABLE child (p REFERENCES parent (id))',
        [parent, 1],
        [child, 1],
      )
      commits()
      const outcomes = await together(
        ...([
          [INSERT, 2, 2],
          [INSERT, 3, 3],
        ] as const),
        'VACUUM',
        ...([
          [INSERT, 4, 4],
          [INSERT, 5, 5],
        ] as const),
        'PRAGMA foreign_keys = OFF',
        ...([
          [child, 2],
          [child, 3],
        ] as const),
        'PRAGMA foreign_keys = ON',
        ...([
          [INSERT, 6, 6],
          [child, 4],
        ] as const),
        'PRAGMA synchronous = OFF',
        'PRAGMA journal_mode = DELETE',
        [INSERT, 7, 7],
        'CREATE TABLE late (i)',
        'INSERT INTO late VALUES (1)',
        'ANALYZE',
        'SAVEPOINT s',
        'SELECT count(*) FROM t',
      )
      const failures = outcomes.filter((outcome) => typeof outcome === 'string')
      assert.deepEqual(
        failures.map((failure) => failure.split(':')[0]),
        ['SQLITE_CONSTRAINT_FOREIGNKEY', 'TRANSACTION_BY_HAND'],
      )
      assert.deepEqual((outcomes.at(-1) as { rows: unknown }).rows, [[7]])
      assert.deepEqual(await rows('PRAGMA synchronous'), [[0]])
      assert.deepEqual(await rows('PRAGMA journal_mode'), [['delete']])
      assert.deepEqual(await rows('SELECT p FROM child'), [[1], [2], [3]])
    })

    test('F24 a lock held elsewhere fails the whole group at once, and may be tried again', async (t) => {
      const filename = join(folder(t), 'test.db')
      const { each, together, rows } = await withTable(t, { filename, options: { busyTimeout: 0 } })
      await each([INSERT, 2, 2])
      const other = open(t, driver, filename).connection
      other.begin('write')
      run(other, 'INSERT INTO t VALUES (50, 50)')
      const outcomes = await together([INSERT, 3, 3], [INSERT, 4, 4], [INSERT, 5, 5])
      for (const outcome of outcomes) assert.match(String(outcome), /^SQLITE_BUSY: database is locked/)
      other.commit()
      assert.deepEqual(await together([INSERT, 3, 3], [INSERT, 4, 4]), [inserted(3), inserted(4)])
      assert.deepEqual(await rows('SELECT id FROM t'), [[1], [2], [3], [4], [50]])
    })

    test('a lock that appears at COMMIT does so too, and nothing is kept', async (t) => {
      const filename = join(folder(t), 'test.db')
      const options = { busyTimeout: 0, pragmas: { journal_mode: 'DELETE' } }
      const { together, rows } = await withTable(t, { filename, options })
      const other = open(t, driver, filename, { options: { pragmas: { journal_mode: 'DELETE' } } }).connection
      other.begin('read')
      assert.deepEqual(run(other, 'SELECT id FROM t').length, 1)
      const outcomes = await together([INSERT, 3, 3], [INSERT, 4, 4])
      for (const outcome of outcomes) assert.match(String(outcome), /^SQLITE_BUSY: database is locked/)
      other.commit()
      assert.deepEqual(await rows('SELECT id FROM t'), [[1]])
      assert.deepEqual(await together([INSERT, 3, 3], [INSERT, 4, 4]), [inserted(3), inserted(4)])
    })

    test('a group writes through checkpoints of the write-ahead log', async (t) => {
      const { together, rows, commits } = await withTable(t, { options: { pragmas: { wal_autocheckpoint: 4 } } })
      for (let from = 100; from < 400; from += 50) {
        await together(
          ...Array.from({ length: 50 }, (_, i): Statement => [INSERT, from + i, 'x'.repeat(900) + (from + i)]),
        )
      }
      assert.equal(commits(), 6)
      assert.deepEqual(await rows('SELECT count(*) FROM t'), [[301]])
      assert.deepEqual(await rows('PRAGMA integrity_check'), [['ok']])
    })

    test('any schedule of writes gives what it gives one by one: the same answers, the same tables', async (t) => {
      await fc.assert(
        fc.asyncProperty(schedules, async (schedule) => {
          const grouped = await worldOf(t, driver, true)
          const single = await worldOf(t, driver, false)
          for (const batch of schedule) {
            const sent = batch.map(([kind, key, other]) => statementOf(kind, key, other))
            const [together, each] = [await grouped.together(...sent), await single.each(...sent)]
            assert.deepEqual(together.map(withoutGuess(batch)), each.map(withoutGuess(batch)))
          }
          for (const table of ['a', 'b', 'c', 'log']) {
            const rows = `SELECT rowid, * FROM ${table}`
            assert.deepEqual(await grouped.rows(rows), await single.rows(rows))
          }
        }),
        { numRuns: 60 },
      )
    })
  })
}

const KEYS = 6

// Every way to succeed and to fail that a write has, each on few keys, so that they meet.
const KINDS = {
  insert: 'INSERT INTO a (id, v) VALUES (?, ?)',
  insertTwo: 'INSERT INTO a (id) VALUES (?), (?)',
  auto: 'INSERT INTO c (a, v) VALUES (?, ?) RETURNING id, v',
  update: 'UPDATE a SET v = ? WHERE id = ?',
  updateAll: 'UPDATE a SET v = v + ? WHERE v >= ? RETURNING id',
  delete: 'DELETE FROM a WHERE id IN (?, ?)',
  orRollback: 'INSERT OR ROLLBACK INTO a (id, v) VALUES (?, ?)',
  orFail: 'INSERT OR FAIL INTO a (id) VALUES (?), (?)',
  orIgnore: 'INSERT OR IGNORE INTO a (id, v) VALUES (?, ?)',
  replace: 'REPLACE INTO b (id, v) VALUES (?, ?)',
  upsert: 'INSERT INTO b (id, v) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET v = v + 1',
  onConflict: 'INSERT INTO b (v, id) VALUES (?, ?)',
  with: 'WITH n (i, j) AS (VALUES (?, ?)) INSERT INTO b (id, v) SELECT i, j + 10 FROM n',
  count: 'INSERT INTO b (id, v) SELECT count(*) + ?, total(v) + ? FROM a',
  read: 'SELECT id, v FROM a WHERE id IN (?, ?)',
} as const

const KIND_NAMES = Object.keys(KINDS) as (keyof typeof KINDS)[]

function statementOf(kind: number, key: number, other: number): Statement {
  return [KINDS[KIND_NAMES[kind] as keyof typeof KINDS], key, other]
}

// Whether an upsert inserted is guessed from the connection's last row id, which a ROLLBACK leaves as it is.
function withoutGuess(batch: readonly (readonly number[])[]): (outcome: unknown, place: number) => unknown {
  const upsert = KIND_NAMES.indexOf('upsert')
  return (outcome, place) =>
    batch[place]?.[0] === upsert && typeof outcome === 'object' ? { ...outcome, lastRowId: undefined } : outcome
}

const step = fc.tuple(fc.nat(KIND_NAMES.length - 1), fc.nat(KEYS), fc.nat(KEYS))
const schedules = fc.array(fc.array(step, { minLength: 1, maxLength: 25 }), { minLength: 1, maxLength: 4 })

const WORLD = [
  'CREATE TABLE a (id INTEGER PRIMARY KEY, v INTEGER UNIQUE CHECK (v < 12))',
  'CREATE TABLE b (id INTEGER PRIMARY KEY, v INTEGER UNIQUE ON CONFLICT ROLLBACK)',
  'CREATE TABLE c (id INTEGER PRIMARY KEY AUTOINCREMENT, a REFERENCES a (id) ON DELETE RESTRICT, v)',
  'CREATE TABLE log (i)',
  'CREATE TRIGGER logged AFTER INSERT ON a BEGIN INSERT INTO log VALUES (new.id); END',
  "CREATE TRIGGER gone BEFORE DELETE ON a WHEN old.id = 4 BEGIN SELECT raise(ROLLBACK, 'four stays'); END",
  "CREATE TRIGGER kept AFTER UPDATE ON a WHEN new.v = 3 BEGIN SELECT raise(FAIL, 'no three'); END",
]

async function worldOf(t: TestContext, driver: BlockingDriver<SqliteOptions>, groupCommit: boolean): Promise<Subject> {
  const subject = await opened(t, driver, { filename: ':memory:', groupCommit })
  await subject.each(...WORLD)
  // Once each, so that all may join.
  for (let kind = 0; kind < KIND_NAMES.length; kind++) await subject.each(statementOf(kind, 20 + kind, 8))
  return subject
}
