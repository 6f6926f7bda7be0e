/** The small door to Kysely, which writes the SQL of records and tables. */
export { type Compilable, type Expression, type RawBuilder, type SqlBool, sql } from 'kysely'
export { type AnyKysely, type Dialect, isDialect, writerFor } from './writer.ts'
