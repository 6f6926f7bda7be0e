import type { Dialect } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import type { Limits, Storage } from '../columns/type.ts'

type Written = string | ((limits: Limits) => string)
type Types = Readonly<Record<Storage, Written>>

const sized = (word: string) => (limits: Limits) => `${word}(${limits.precision}, ${limits.scale})`
const text =
  (unlimited: string) =>
  ({ length }: Limits) =>
    length === undefined ? unlimited : `varchar(${length})`

/**
 * The types that tables are created with. SQLite goes by parts of the names: a decimal that it took for a number would
 * lose digits, and JSON of a number would become one. Elsewhere a whole number gets the 64 bits that it may need.
 */
const types: Readonly<Record<Dialect, Types>> = {
  sqlite: {
    integer: 'integer',
    bigint: 'bigint',
    real: 'real',
    decimal: sized('decimal_text'),
    text: text('text'),
    boolean: 'boolean',
    date: 'date',
    datetime: 'datetime',
    time: 'time',
    json: 'json_text',
    blob: 'blob',
    uuid: 'uuid',
  },
  postgres: {
    integer: 'bigint',
    bigint: 'bigint',
    real: 'double precision',
    decimal: sized('numeric'),
    text: text('text'),
    boolean: 'boolean',
    date: 'date',
    datetime: ({ zoneless }) => (zoneless ? 'timestamp(3)' : 'timestamptz(3)'),
    time: 'time',
    json: 'jsonb',
    blob: 'bytea',
    uuid: 'uuid',
  },
  mysql: {
    integer: 'bigint',
    bigint: 'bigint',
    real: 'double',
    decimal: sized('decimal'),
    text: text('longtext'),
    boolean: 'boolean',
    date: 'date',
    datetime: 'datetime(3)',
    time: 'time(6)',
    json: 'json',
    blob: 'longblob',
    uuid: 'char(36)',
  },
}

/** What MySQL can have an index on: a text of a length that is known. */
const INDEXABLE = 255

/** The type that the column of an attribute is created with. Indexes of several columns may have it too. */
export function typeSql(attribute: Attribute, dialect: Dialect, isShared = false): string {
  const { type, settings } = attribute
  const { primaryKey, unique, index, reference } = settings
  const isIndexed = isShared || primaryKey || unique || index || reference !== null
  const length = dialect === 'mysql' && isIndexed ? INDEXABLE : undefined
  const written = types[dialect][type.storage]
  return typeof written === 'string' ? written : written({ length, ...withoutAbsent(type.limits ?? {}) })
}

function withoutAbsent(limits: Limits): Limits {
  return Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined))
}
