import { describe } from '../../contract/checks.ts'
import { DataError, NotSupportedError } from '../../contract/errors.ts'
import { type RawBuilder, sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import { decodedSlot, encoded } from '../attributes.ts'
import { whatever } from '../columns/loose.ts'
import type { Storage } from '../columns/type.ts'
import type { Definition } from '../contract.ts'
import { modelError } from '../errors.ts'
import { decimalUnits, fromUnits, toUnits, unitsOf } from './decimals.ts'

type Column = RawBuilder<unknown>

/** A number that is made of many rows. */
export interface Measure {
  /** Tells its text from that of others. */
  readonly key: string
  readonly attribute: Attribute | null
  readonly ofNothing: number | null
  write(column: Column | null): RawBuilder<unknown>
  read(raw: unknown): unknown
  /** What the database is given for a value that it is compared with. */
  encode(value: unknown): unknown
  /** It is compared with numbers, whatever its attribute has. */
  readonly isNumber: boolean
}

/** How a measure is asked for by name: `'count'`, `['sum', 'age']`. */
export const MEASURES = ['count', 'sum', 'avg', 'min', 'max'] as const

const NUMBERS: readonly Storage[] = ['integer', 'bigint', 'real', 'decimal']
const ORDERED: readonly Storage[] = [...NUMBERS, 'text', 'date', 'datetime', 'time', 'uuid']

/** How many rows there are. */
export const countOfRows: Measure = {
  key: 'count',
  attribute: null,
  ofNothing: 0,
  write: () => sql`count(*)`,
  read: Number,
  encode: checkNumber,
  isNumber: true,
}

/** The measure that a caller asked for. */
export function measureOf(definition: Definition, given: unknown): Measure {
  if (given === 'count') return countOfRows
  if (Array.isArray(given) && given.length === 2) {
    const [name, attribute] = given
    return measured(definition, name, definition.attributes.get(attribute, definition.name))
  }
  const what = typeof given === 'string' ? JSON.stringify(given) : describe(given)
  throw modelError('INVALID_QUERY', `a measure is 'count' or a pair such as ['sum', 'age'], not ${what}`)
}

/** The measures that a caller asked for, by the names that he gave them. */
export function measuresOf(definition: Definition, given: unknown): ReadonlyMap<string, Measure> {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw modelError('INVALID_QUERY', `measures are given as an object by name, not as ${describe(given)}`)
  }
  const named = Object.entries(given).map(([name, one]) => [name, measureOf(definition, one)] as const)
  if (named.length === 0) throw modelError('INVALID_QUERY', 'ask for at least one measure')
  return new Map(named)
}

/** The measure of this name over the values of an attribute. */
function measured(definition: Definition, name: unknown, attribute: Attribute): Measure {
  const { name: owner } = definition
  const fits = name === 'sum' || name === 'avg' ? NUMBERS : ORDERED
  if (name === 'count') return ofColumn('count', attribute, { ofNothing: 0, read: Number })
  if (!(MEASURES as readonly unknown[]).includes(name)) {
    throw modelError('INVALID_QUERY', `a measure is one of ${MEASURES.join(', ')}, not ${describe(name)}`)
  }
  if (attribute.type !== whatever && !fits.includes(attribute.type.storage)) {
    throw modelError(
      'INVALID_QUERY',
      `${owner}.${attribute.name} has no ${name}: it is stored as ${attribute.type.storage}`,
    )
  }
  if (name === 'avg') return mean(definition, attribute)
  if (attribute.type.storage === 'decimal') return ofDecimals(definition, name as string, attribute)
  if (name === 'sum') return ofColumn('sum', attribute, { read: sumReader(owner, attribute) })
  return extreme(definition, name as string, attribute)
}

function ofColumn(
  name: string,
  attribute: Attribute,
  { ofNothing = null, read, encode = checkNumber }: Partial<Measure> & Pick<Measure, 'read'>,
): Measure {
  const fn = sql.raw(name)
  const write = (column: Column | null) => sql`${fn}(${column})`
  return {
    key: `${name} ${attribute.column}`,
    attribute,
    ofNothing,
    write,
    read,
    encode,
    isNumber: encode === checkNumber,
  }
}

// SQLite would add up what is not exact: it is given whole numbers of the smallest unit.
function ofDecimals(definition: Definition, name: string, attribute: Attribute): Measure {
  const encode = (value: unknown) => encoded(definition.name, attribute, value)
  if (definition.database.dialect !== 'sqlite') return ofColumn(name, attribute, { read: (raw) => raw, encode })
  const units = decimalUnits(attribute)
  if (!units) throw inexact(definition, name, attribute)
  const fn = sql.raw(name)
  return {
    key: `${name} of units ${units.scale} ${attribute.column}`,
    attribute,
    ofNothing: null,
    write: (column) => sql`${fn}(${unitsOf(column as Column, units)})`,
    read: (raw) => (raw === null ? null : fromUnits(raw as number | bigint, units)),
    encode: (value) => toUnits(String(encode(value))),
    isNumber: true,
  }
}

// MySQL would give the mean of whole numbers with four digits behind the point.
function mean({ database }: Definition, attribute: Attribute): Measure {
  const write = (column: Column | null) =>
    database.dialect === 'mysql' ? sql`avg(${column} + 0e0)` : sql`avg(${column})`
  return { ...ofColumn('avg', attribute, { read: numberOf }), write }
}

// PostgreSQL has no least UUID before version 18. As text they have the same order.
function extreme({ name: owner, database }: Definition, name: string, attribute: Attribute): Measure {
  const encode = (value: unknown) => encoded(owner, attribute, value)
  const measure = ofColumn(name, attribute, { read: (raw) => decodedSlot(owner, attribute, raw), encode })
  if (attribute.type.storage !== 'uuid' || database.dialect !== 'postgres') return measure
  return {
    ...measure,
    key: `${name} of text ${attribute.column}`,
    write: (column) => sql`${sql.raw(name)}(cast(${column} as text))`,
  }
}

function sumReader(owner: string, attribute: Attribute): Measure['read'] {
  if (attribute.type.storage !== 'bigint') return (raw) => exactSum(owner, attribute, raw)
  // Servers give the sum of whole numbers of 64 bits as text, for it may have more.
  return (raw) => decodedSlot(owner, attribute, typeof raw === 'string' ? wholeOf(raw) : raw)
}

function wholeOf(text: string): number | bigint {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}

function checkNumber(value: unknown): unknown {
  if (typeof value === 'bigint' || Number.isFinite(value)) return value
  throw modelError('INVALID_QUERY', `a measure is compared with a number, not ${describe(value)}`)
}

function exactSum(owner: string, { name, type, column }: Attribute, raw: unknown): number | null {
  const sum = numberOf(raw)
  if (type.storage !== 'integer' || sum === null || Number.isSafeInteger(sum) || !Number.isInteger(sum)) return sum
  throw new DataError(
    `the sum of ${owner}.${name} is more than a number holds exactly: declare it as column.bigint()`,
    {
      code: 'INEXACT_SUM',
      kind: 'value',
      columns: [column],
    },
  )
}

function numberOf(raw: unknown): number | null {
  return raw === null ? null : Number(raw)
}

function inexact({ name: owner }: Definition, name: string, attribute: Attribute): NotSupportedError {
  const message = `the ${name} of ${owner}.${attribute.name} cannot be told exactly: SQLite counts decimals of up to 15 digits`
  return new NotSupportedError(message, { code: 'INEXACT_DECIMALS', kind: 'unsupported', columns: [attribute.column] })
}
