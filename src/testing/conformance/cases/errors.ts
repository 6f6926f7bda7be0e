import type { ErrorClassName } from '../../../contract/errors.ts'
import type { ErrorKind } from '../../../contract/kind.ts'
import type { Value } from '../../../contract/value.ts'
import type { Case } from '../case.ts'
import { failure, holds, same } from '../expect.ts'
import { TABLE } from '../setting.ts'
import type { Subject } from '../subject.ts'

/** A statement that fails, of which class and kind it is, on a table that holds the row 1, 'taken'. */
interface Wrong {
  readonly name: string
  readonly sql: (subject: Subject) => string
  readonly values?: readonly Value[]
  readonly type: ErrorClassName
  readonly kind: ErrorKind
}

const wrongs: readonly Wrong[] = [
  { name: 'DBA-018 a syntax error', sql: () => 'SELEC 1', type: 'ProgrammingError', kind: 'syntax' },
  {
    name: 'DBA-018 a missing table',
    sql: () => 'SELECT 1 FROM offloop_no_such_table',
    type: 'ProgrammingError',
    kind: 'missing',
  },
  {
    name: 'DBA-018 a missing column',
    sql: () => `SELECT offloop_no_such_column FROM ${TABLE}`,
    type: 'ProgrammingError',
    kind: 'missing',
  },
  {
    name: 'DBA-016 a primary key that is taken',
    sql: (subject) => subject.insertion(1),
    values: [1],
    type: 'IntegrityError',
    kind: 'unique',
  },
  {
    name: 'DBA-016 a unique value that is taken',
    sql: (subject) => subject.insertion(4),
    values: [2, null, null, 'taken'],
    type: 'IntegrityError',
    kind: 'unique',
  },
  {
    name: 'DBA-016 NULL where it is not allowed',
    sql: () => `INSERT INTO ${TABLE} (id, amount) VALUES (3, NULL)`,
    type: 'IntegrityError',
    kind: 'notNull',
  },
  {
    name: 'DBA-016 a check that fails',
    sql: () => `INSERT INTO ${TABLE} (id, amount) VALUES (4, -1)`,
    type: 'IntegrityError',
    kind: 'check',
  },
]

export const errors: readonly Case[] = wrongs.map((wrong) => ({
  name: `${wrong.name} is a Failure of the class ${wrong.type} and the kind ${wrong.kind}`,
  run: (subject) => failsAs(wrong, subject),
}))

async function failsAs({ name, sql, values, type, kind }: Wrong, subject: Subject): Promise<void> {
  const connection = await subject.table()
  await subject.run(connection, subject.insertion(4), [1, null, null, 'taken'])
  const failed = await failure(subject.query(connection, sql(subject), values), name, kind)
  same(failed.record.type, type, `${name} must be of the class ${type}`)
  same(failed.record.retryable ?? false, false, `${name} must not be retryable: again it would fail again`)
  holds(failed.record.cause !== undefined, `${name}: the record must have the database's own error as its cause`)
  holds(!JSON.stringify([failed.record.sql ?? null]).includes('taken'), 'values must be no part of an error')
  same(await subject.ids(connection), [1], 'the connection must answer after a failure, and nothing may be stored')
}
