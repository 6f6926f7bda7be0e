import { bear } from '../birth.ts'
import { afterInit } from '../callbacks/init.ts'
import type { Definition, Slot, Stateful } from '../contract.ts'
import { definitionOf } from '../define.ts'
import { inSchema } from '../schema/load.ts'
import type { Statement } from '../statement.ts'
import { TableAttributes } from '../table-attributes.ts'
import { findByKey, keyConditions, keyValues, noSuchKey } from './find.ts'
import { wholeTable } from './plan.ts'
import { isScoped, scopedTable } from './scopes.ts'
import { selection } from './selection.ts'

const statements = new WeakMap<Definition, Map<string, Statement>>()

/**
 * The record of a model with this key, or null. Where nothing but the key says which row it is, its statement is known and
 * the record is made at once: nothing is asked for more often.
 */
export async function findOne(model: object, key: unknown): Promise<Stateful | null> {
  const definition = definitionOf(model)
  if (!isPlain(model, definition)) return await inSchema(definition, () => findByKey(scopedTable(model), key))
  const values = keyValues(definition, key)
  const rows: Slot[][] = await definition.database.query(statementFor(definition, key), values)
  const row = rows[0]
  if (!row) return null
  const record = bear(definition.model, row, null)
  const called = afterInit([record])
  if (called) await called
  return record
}

/** The record of a model with this key. @throws {NotFoundError} none has it */
export async function getOne(model: object, key: unknown): Promise<Stateful> {
  const record = await findOne(model, key)
  if (record) return record
  throw noSuchKey(definitionOf(model))
}

function isPlain(model: object, { attributes, inheritance, strict }: Definition): boolean {
  return !(attributes instanceof TableAttributes) && inheritance === null && !strict && !isScoped(model)
}

function statementFor(definition: Definition, key: unknown): Statement {
  const { dialect } = definition.database
  const known = statements.get(definition)?.get(dialect)
  if (known) return known
  const { statement } = selection({ ...wholeTable(definition), conditions: keyConditions(definition, key) })
  const byDialect = statements.get(definition) ?? new Map<string, Statement>()
  statements.set(definition, byDialect.set(dialect, statement))
  return statement
}
