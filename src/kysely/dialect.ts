import {
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  MysqlAdapter,
  MysqlIntrospector,
  MysqlQueryCompiler,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryCompiler,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { InterfaceError } from '../contract/errors.ts'
import type { AnyPool } from '../pool/pool.ts'
import { PooledSqliteAdapter } from './adapter.ts'
import { PoolDriver } from './driver.ts'

type AnyKysely = Parameters<Dialect['createIntrospector']>[0]

/** What {@link OffloopDialect} is told. */
export interface OffloopDialectConfig {
  /** Where queries run. Its database decides how Kysely writes SQL. */
  readonly pool: AnyPool
  /** Whether `destroy()` of Kysely closes the pool. True unless told, as with Kysely's own dialects. */
  readonly closesPool?: boolean
}

/** What Kysely needs for one kind of database. */
interface Parts {
  adapter(): DialectAdapter
  compiler(): QueryCompiler
  introspector(db: AnyKysely): DatabaseIntrospector
}

const databases: Readonly<Record<string, Parts>> = {
  sqlite: {
    adapter: () => new PooledSqliteAdapter(),
    compiler: () => new SqliteQueryCompiler(),
    introspector: (db) => new SqliteIntrospector(db),
  },
  postgres: {
    adapter: () => new PostgresAdapter(),
    compiler: () => new PostgresQueryCompiler(),
    introspector: (db) => new PostgresIntrospector(db),
  },
  mysql: {
    adapter: () => new MysqlAdapter(),
    compiler: () => new MysqlQueryCompiler(),
    introspector: (db) => new MysqlIntrospector(db),
  },
}

/**
 * A dialect for Kysely on a pool: queries run off the event loop and share connections as those of the pool itself do,
 * and inside an interaction of the pool they join it. See docs/kysely.md.
 *
 * @example
 * import { Kysely } from 'kysely'
 * import { ConnectionPool } from 'offloop'
 * import { OffloopDialect } from 'offloop/kysely'
 *
 * interface Tables {
 *   users: { name: string; age: number }
 * }
 *
 * const pool = new ConnectionPool('sqlite:app.db')
 * const db = new Kysely<Tables>({ dialect: new OffloopDialect({ pool }) })
 * const adults = await db.selectFrom('users').selectAll().where('age', '>=', 18).execute()
 */
export class OffloopDialect implements Dialect {
  readonly #config: OffloopDialectConfig
  readonly #parts: Parts

  /** @throws {InterfaceError} for a pool whose driver does not tell how SQL is written for its database */
  constructor(config: OffloopDialectConfig) {
    this.#config = config
    this.#parts = partsFor(config?.pool)
  }

  createDriver(): Driver {
    const { pool, closesPool = true } = this.#config
    return new PoolDriver(pool, closesPool)
  }

  createQueryCompiler(): QueryCompiler {
    return this.#parts.compiler()
  }

  createAdapter(): DialectAdapter {
    return this.#parts.adapter()
  }

  createIntrospector(db: AnyKysely): DatabaseIntrospector {
    return this.#parts.introspector(db)
  }
}

function partsFor(pool: AnyPool | undefined): Parts {
  const dialect = pool?.dialect
  const parts = dialect !== undefined && Object.hasOwn(databases, dialect) ? databases[dialect] : undefined
  if (parts) return parts
  const lack = pool === undefined ? 'was given no pool' : `has a pool whose driver tells no dialect that it knows`
  throw new InterfaceError(`the Kysely dialect ${lack}; known are ${Object.keys(databases).join(', ')}`, {
    code: 'UNKNOWN_DIALECT',
    kind: 'usage',
  })
}
