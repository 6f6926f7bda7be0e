import {
  DummyDriver,
  Kysely,
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'

/** Writes SQL for tables of which nothing is known to the compiler, and runs none of it. */
export type AnyKysely = Kysely<Record<string, Record<string, unknown>>>

const dialects = {
  sqlite: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db: AnyKysely) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
  postgres: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db: AnyKysely) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
  mysql: {
    createAdapter: () => new MysqlAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db: AnyKysely) => new MysqlIntrospector(db),
    createQueryCompiler: () => new MysqlQueryCompiler(),
  },
} as const

/** A way of writing SQL. */
export type Dialect = keyof typeof dialects

export function isDialect(name: unknown): name is Dialect {
  return typeof name === 'string' && Object.hasOwn(dialects, name)
}

const writers = new Map<Dialect, AnyKysely>()

/** What writes SQL for a database. */
export function writerFor(dialect: Dialect): AnyKysely {
  const known = writers.get(dialect)
  if (known) return known
  const writer: AnyKysely = new Kysely({ dialect: dialects[dialect] })
  writers.set(dialect, writer)
  return writer
}
