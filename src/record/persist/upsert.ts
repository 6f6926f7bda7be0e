import { describe, ownOptions } from '../../contract/checks.ts'
import type { ManyOptions } from '../../pool/calls.ts'
import { type RawBuilder, sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import { bear } from '../birth.ts'
import { afterInit } from '../callbacks/init.ts'
import type { Definition, Slot, Stateful } from '../contract.ts'
import { modelError } from '../errors.ts'
import { Absent, Compared } from '../query/condition.ts'
import { slotsOf } from '../query/hydrate.ts'
import { wholeTable } from '../query/plan.ts'
import { selectRecords } from '../query/select.ts'
import type { Statement } from '../statement.ts'
import { RowReader } from './given-row.ts'
import { type Insertion, insertion } from './insertion.ts'
import { type GivenRows, writeRows } from './many.ts'
import { namingOther, onDuplicate } from './mysql-upsert.ts'
import type { NewRow } from './new-row.ts'
import { keptOfNew } from './upkeep.ts'

/** When a row is there already, and what then becomes of it. */
export interface UpsertOptions<Name extends string = string> {
  /** By which attributes a row is known: they must be the key, or unique together. The key unless told. */
  readonly conflict?: Name | readonly Name[] | undefined
  /** What is then written; nothing for `[]`. All that is given unless told, but for `conflict`, key and `createdAt()`. */
  readonly update?: readonly Name[] | undefined
}

/** Options of {@link UpsertOptions}, and of a call that writes many rows. */
export interface UpsertManyOptions<Name extends string = string> extends UpsertOptions<Name>, ManyOptions {}

/** Upsert options, with attributes for names. */
interface Upsert {
  readonly conflict: readonly Attribute[]
  readonly update: readonly Attribute[] | null
}

/** Inserts a row, or updates the one that is there; gives the record as the database then has it. */
export async function upsertRow(definition: Definition, given: unknown, options: UpsertOptions): Promise<Stateful> {
  const upsert = checkUpsert(definition, options)
  const row = new RowReader(definition, keptOfNew(definition)).read(given)
  const back = [...definition.attributes]
  const statement = insertion(definition, row, conflictOf(definition, row, upsert, back))
  const slots = await written(definition, statement, row)
  if (slots) {
    const record = bear(definition.model, slotsOf(definition.attributes, slots), null)
    await afterInit([record])
    return record
  }
  const found = await existing(definition, row, upsert)
  if (found) return found
  throw modelError('INVALID_QUERY', `the row of ${definition.name} is not there by what the upsert knows it by`)
}

async function written(
  { database, table }: Definition,
  statement: Statement,
  { values }: NewRow,
): Promise<Slot[] | undefined> {
  if (database.dialect !== 'mysql') return (await database.query(statement, values))[0]
  await namingOther(table, () => database.change(statement, values))
  return undefined
}

/** The same with many rows, all or none, without records; gives how many rows were inserted or changed. */
export function upsertRows(definition: Definition, rows: GivenRows, options: UpsertManyOptions): Promise<number> {
  const known = ['conflict', 'update', 'onProgress', 'signal', 'timeout']
  const { conflict, update, ...call } = ownOptions(options, known, 'the upsert')
  const upsert = checkUpsert(definition, { conflict, update })
  const statement = (row: NewRow) => insertion(definition, row, conflictOf(definition, row, upsert, []))
  return namingOther(definition.table, () => writeRows(definition, rows, statement, call))
}

function checkUpsert({ attributes, name }: Definition, options: UpsertOptions): Upsert {
  const { conflict, update } = ownOptions(options, ['conflict', 'update'], 'the upsert')
  const found = (names: unknown, option: string) => {
    if (!Array.isArray(names)) {
      throw modelError('INVALID_QUERY', `${option} of an upsert takes names of attributes, not ${describe(names)}`)
    }
    return names.map((each) => attributes.get(each, name))
  }
  const known = typeof conflict === 'string' ? [conflict] : conflict
  const by = known === undefined ? attributes.key : found(known, 'conflict')
  if (by.length === 0) throw modelError('INVALID_QUERY', `an upsert of ${name} must be told by what a row is known`)
  return { conflict: by, update: update === undefined ? null : found(update, 'update') }
}

function conflictOf(definition: Definition, row: NewRow, { conflict, update }: Upsert, back: Attribute[]): Insertion {
  const { given } = row
  const missing = conflict.find((attribute) => !given.includes(attribute))
  if (missing) {
    const message = `an upsert of ${definition.name} knows a row by ${missing.name}, which a row does not give`
    throw modelError('INVALID_QUERY', message)
  }
  const written = update ? withKept(definition, update) : given.filter((attribute) => isWritten(attribute, conflict))
  const names = (attributes: readonly Attribute[]) => JSON.stringify(attributes.map(({ column }) => column))
  return {
    key: `or update ${names(conflict)} ${names(written)} `,
    onConflict: onConflict(definition, conflict, written),
    back,
  }
}

function onConflict(
  definition: Definition,
  conflict: readonly Attribute[],
  written: readonly Attribute[],
): RawBuilder<unknown> {
  if (definition.database.dialect === 'mysql') return onDuplicate(definition, conflict, written)
  const by = sql.join(conflict.map(({ column }) => sql.id(column)))
  const sets = written.map((attribute) => setOf(definition, attribute))
  const action = sets.length === 0 ? sql`nothing` : sql`update set ${sql.join(sets)}`
  return sql` on conflict (${by}) do ${action}`
}

function isWritten(attribute: Attribute, conflict: readonly Attribute[]): boolean {
  const { primaryKey, upkeep } = attribute.settings
  return !primaryKey && upkeep !== 'createdAt' && !conflict.includes(attribute)
}

// What is updated is written: its time and its version tell.
function withKept({ attributes }: Definition, update: readonly Attribute[]): readonly Attribute[] {
  if (update.length === 0) return update
  const { updatedAt, lockVersion } = attributes.kept
  return [...new Set([...update, ...(updatedAt ? [updatedAt] : []), ...(lockVersion ? [lockVersion] : [])])]
}

function setOf({ table }: Definition, { column, settings }: Attribute): RawBuilder<unknown> {
  const name = sql.id(column)
  if (settings.upkeep === 'lockVersion') return sql`${name} = coalesce(${sql.id(table, column)}, 0) + 1`
  return sql`${name} = ${sql.id('excluded', column)}`
}

async function existing(definition: Definition, row: NewRow, { conflict }: Upsert): Promise<Stateful | undefined> {
  const conditions = conflict.map((attribute) => {
    const value = row.values[row.given.indexOf(attribute)]
    return value === null ? new Absent(attribute) : new Compared(attribute, '=', value)
  })
  const [found] = await selectRecords({ ...wholeTable(definition), conditions })
  return found
}
