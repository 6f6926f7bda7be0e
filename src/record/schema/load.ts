import { ProgrammingError } from '../../contract/errors.ts'
import { adopt } from '../adopt.ts'
import type { Definition, Stateful } from '../contract.ts'
import { DEFINITION } from '../contract.ts'
import type { Database } from '../database.ts'
import { checkModel } from '../define.ts'
import { modelError } from '../errors.ts'
import { TableAttributes } from '../table-attributes.ts'
import { describeTable } from './describe.ts'
import type { TableDescription } from './description.ts'

/** The tables of a database that models without declared columns asked for. */
const read = new WeakMap<Database, Map<string, Promise<TableDescription | null>>>()

/**
 * Runs `work`, which needs to know the columns of a model. Where they are those of the table, they are read first, and
 * once again if the database then says that something is missing.
 */
export function inSchema<T>(definition: Definition, work: () => Promise<T>): Promise<T> {
  const { attributes } = definition
  return attributes instanceof TableAttributes ? inTable(definition, work) : work()
}

/** The same for what is done with a record: it takes over what it was given while its columns were not known. */
export function inSchemaOf<T>(record: Stateful, work: (record: Stateful) => Promise<T>): Promise<T> {
  const definition = record[DEFINITION]
  if (!(definition.attributes instanceof TableAttributes)) return work(record)
  return inTable(definition, () => {
    adopt(record)
    return work(record)
  })
}

/** Has a record take over what it was given while its columns were not known; null where they are declared. */
export function readColumns(record: Stateful): Promise<void> | null {
  if (!(record[DEFINITION].attributes instanceof TableAttributes)) return null
  return inSchemaOf(record, async () => undefined)
}

async function inTable<T>(definition: Definition, work: () => Promise<T>): Promise<T> {
  await loadSchema(definition)
  try {
    const result = await work()
    // What it was not known to have, the table has.
    if ((definition.attributes as TableAttributes).hopes) await readAnew(definition)
    return result
  } catch (error) {
    const isMissing = error instanceof ProgrammingError && error.kind === 'missing'
    if (!isMissing) throw error
    if (isOver(definition)) {
      // Whoever is next reads them.
      clearSchema(definition)
      throw error
    }
    if (!(await readAnew(definition))) throw error
    return await work()
  }
}

// In PostgreSQL a transaction is over with its first error: nothing can be asked in it, nor done again.
function isOver({ database }: Definition): boolean {
  return database.dialect === 'postgres' && database.around !== null
}

/** Reads the columns of a model that did not declare them, unless they are known. */
export async function loadSchema(definition: Definition): Promise<void> {
  const { name, table, database, attributes } = definition
  if (!(attributes instanceof TableAttributes)) return
  const description = await describedTable(database, table)
  if (description === null) {
    clearTable(database, table)
    throw modelError('NO_TABLE', `the table ${JSON.stringify(table)} of ${name} is not in the database`)
  }
  if (attributes.isOf(description)) return
  attributes.take(description, description.columns)
  checkModel(definition)
}

/** What was read of the table of a model counts no more: it is read anew when the model is next used. */
export function clearSchema({ database, table }: Definition): void {
  clearTable(database, table)
}

/** Whether the table has other columns than it was known to have. */
async function readAnew(definition: Definition): Promise<boolean> {
  const { database, table } = definition
  const before = await describedTable(database, table)
  clearTable(database, table)
  await loadSchema(definition)
  return JSON.stringify(before?.columns) !== JSON.stringify((await describedTable(database, table))?.columns)
}

function describedTable(database: Database, table: string): Promise<TableDescription | null> {
  const tables = read.get(database) ?? new Map<string, Promise<TableDescription | null>>()
  read.set(database, tables)
  const known = tables.get(table)
  if (known) return known
  const asked = describeTable(database, table)
  tables.set(table, asked)
  // Who waits for it hears of the failure; the next one asks again.
  asked.catch(() => clearTable(database, table))
  return asked
}

function clearTable(database: Database, table: string): void {
  read.get(database)?.delete(table)
}
