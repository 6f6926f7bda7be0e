import { IntegrityError, SqlError } from '../../contract/errors.ts'
import { type RawBuilder, sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import type { Definition } from '../contract.ts'

/**
 * Writes what becomes of a row that is there already. MySQL does not ask by what a row is known: it would update one that
 * is the same in any unique index. Where that is not the one that is meant, the statement fails.
 */
export function onDuplicate(
  definition: Definition,
  conflict: readonly Attribute[],
  written: readonly Attribute[],
): RawBuilder<unknown> {
  const isMeant = sql.join(
    conflict.map(({ column }) => sql`${sql.id(column)} <=> values(${sql.id(column)})`),
    sql` and `,
  )
  // Where nothing is to be written there must still be something that is.
  const all = written.length > 0 ? written : conflict.slice(0, 1)
  const sets = all.map((attribute, at) => {
    const value = written.length > 0 ? newValue(definition, attribute) : sql.id(attribute.column)
    // Once is enough, and before anything was assigned.
    return sql`${sql.id(attribute.column)} = ${at === 0 ? sql`if(${isMeant}, ${value}, ${OTHER})` : value}`
  })
  return sql` on duplicate key update ${sql.join(sets)}`
}

/** Has two values where one is wanted, which is an error where it is looked at: this one. */
const OTHER = sql`(select 1 union all select 2)`
const OTHER_CODE = 'ER_1242'

/** Gives the error of a row that is the same in another unique index its name. */
export async function namingOther<T>(table: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof SqlError) || error.code !== OTHER_CODE) throw error
    const { code, index, sql: text } = error
    const message = `${table} has another row that is the same in a unique index, but not in what the upsert knows rows by`
    throw new IntegrityError(message, {
      code,
      kind: 'unique',
      table,
      cause: error,
      ...(index !== undefined && { index }),
      ...(text !== undefined && { sql: text }),
    })
  }
}

function newValue({ table }: Definition, { column, settings }: Attribute): RawBuilder<unknown> {
  if (settings.upkeep === 'lockVersion') return sql`coalesce(${sql.id(table, column)}, 0) + 1`
  return sql`values(${sql.id(column)})`
}
