import { describe } from '../../contract/checks.ts'
import { ProgrammingError, SqlError } from '../../contract/errors.ts'
import type { Value } from '../../contract/value.ts'
import type { Attribute } from '../attribute-list.ts'
import { encoded } from '../attributes.ts'
import type { Definition } from '../contract.ts'
import { type NewRow, newRow } from './new-row.ts'

/** Reads rows that a program gave by attribute, without making records of them. */
export class RowReader {
  readonly #definition: Definition
  readonly #kept: ReadonlyMap<Attribute, Value>
  #index = 0

  /** What records keep up by themselves is the same for all rows. */
  constructor(definition: Definition, kept: ReadonlyMap<Attribute, Value>) {
    this.#definition = definition
    this.#kept = kept
  }

  /** The next row. What is wrong with it says which row it was. */
  read(given: unknown): NewRow {
    const index = this.#index++
    try {
      return this.#read(given)
    } catch (error) {
      if (error instanceof SqlError) Object.defineProperty(error, 'index', { value: index, enumerable: true })
      throw error
    }
  }

  #read(given: unknown): NewRow {
    const definition = this.#definition
    const { attributes, name } = definition
    if (typeof given !== 'object' || given === null || Array.isArray(given)) throw noRow(name, given)
    const row = given as Readonly<Record<string, unknown>>
    for (const key of Object.keys(row)) attributes.get(key, name)
    const raw = (attribute: Attribute) => {
      const value = Object.hasOwn(row, attribute.name) ? row[attribute.name] : undefined
      if (value === undefined) return isNullUnlessGiven(attribute) ? null : undefined
      return value === null ? null : encoded(name, attribute, value)
    }
    return newRow(definition, raw, this.#kept)
  }
}

/** Whether two rows have values for the same attributes, so that one statement inserts both. */
export function areAlike({ given: a }: NewRow, { given: b }: NewRow): boolean {
  return a.length === b.length && a.every((attribute, at) => attribute === b[at])
}

// What is null where nothing is given need not be left to the database: such rows are inserted by one statement.
function isNullUnlessGiven({ settings }: Attribute): boolean {
  const { nullable, primaryKey, databaseDefault, upkeep } = settings
  return nullable && !primaryKey && databaseDefault === null && settings.default === null && upkeep === null
}

function noRow(name: string, given: unknown): ProgrammingError {
  return new ProgrammingError(`a row of ${name} is an object by attribute, not ${describe(given)}`, {
    code: 'INVALID_ROW',
    kind: 'parameters',
  })
}
