/** What a type's values become, and so how they are read. Everything else is the text that the server writes. */
export type Reading = 'integer' | 'unsigned' | 'bigint' | 'float' | 'float4' | 'boolean' | 'bytes' | 'text'

interface PgType {
  readonly name: string
  readonly reading: Reading
}

function type(name: string, reading: Reading = 'text'): PgType {
  return { name, reading }
}

/** The types that every server has, by their numbers. */
const TYPES: ReadonlyMap<number, PgType> = new Map([
  [16, type('bool', 'boolean')],
  [17, type('bytea', 'bytes')],
  [18, type('char')],
  [19, type('name')],
  [20, type('int8', 'bigint')],
  [21, type('int2', 'integer')],
  [23, type('int4', 'integer')],
  [25, type('text')],
  [26, type('oid', 'unsigned')],
  [27, type('tid')],
  [28, type('xid', 'unsigned')],
  [29, type('cid', 'unsigned')],
  [114, type('json')],
  [142, type('xml')],
  [600, type('point')],
  [601, type('lseg')],
  [602, type('path')],
  [603, type('box')],
  [604, type('polygon')],
  [628, type('line')],
  [650, type('cidr')],
  [700, type('float4', 'float4')],
  [701, type('float8', 'float')],
  [718, type('circle')],
  [774, type('macaddr8')],
  [790, type('money')],
  [829, type('macaddr')],
  [869, type('inet')],
  [1042, type('bpchar')],
  [1043, type('varchar')],
  [1082, type('date')],
  [1083, type('time')],
  [1114, type('timestamp')],
  [1184, type('timestamptz')],
  [1186, type('interval')],
  [1266, type('timetz')],
  [1560, type('bit')],
  [1562, type('varbit')],
  [1700, type('numeric')],
  [2205, type('regclass')],
  [2249, type('record')],
  [2278, type('void')],
  [2950, type('uuid')],
  [3220, type('pg_lsn')],
  [3614, type('tsvector')],
  [3615, type('tsquery')],
  [3802, type('jsonb')],
  [3904, type('int4range')],
  [3906, type('numrange')],
  [3908, type('tsrange')],
  [3910, type('tstzrange')],
  [3912, type('daterange')],
  [3926, type('int8range')],
  [4072, type('jsonpath')],
  [5069, type('xid8', 'bigint')],
  [1000, type('bool[]')],
  [1001, type('bytea[]')],
  [1005, type('int2[]')],
  [1007, type('int4[]')],
  [1009, type('text[]')],
  [1015, type('varchar[]')],
  [1016, type('int8[]')],
  [1021, type('float4[]')],
  [1022, type('float8[]')],
  [1115, type('timestamp[]')],
  [1182, type('date[]')],
  [1185, type('timestamptz[]')],
  [1231, type('numeric[]')],
  [2951, type('uuid[]')],
  [199, type('json[]')],
  [3807, type('jsonb[]')],
])

/** The name of a type; its number where only this one server has it. */
export function typeName(oid: number): string {
  return TYPES.get(oid)?.name ?? String(oid)
}

export function readingOf(oid: number): Reading {
  return TYPES.get(oid)?.reading ?? 'text'
}

const BINARY: ReadonlySet<Reading> = new Set(['integer', 'unsigned', 'bigint', 'float', 'boolean', 'bytes'])

/** Whether the values are asked for as bytes that mean the same as the text, and cost less. */
export function isBinary(oid: number): boolean {
  return BINARY.has(readingOf(oid))
}
