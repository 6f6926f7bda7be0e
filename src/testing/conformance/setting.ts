import type { Driver } from '../../contract/driver.ts'

/** What {@link Driver.plan} takes: the text of a URL behind `scheme:`, or the driver's own options. */
export type ConformanceSource = string | Readonly<Record<string, unknown>>

/** Registers one test: `test` of node:test, `it` of another framework, or a function of one's own. */
export type ConformanceTest = (name: string, run: () => Promise<void>) => unknown

/** The SQL in which databases differ. What is left out is as SQLite has it. */
export interface ConformanceSql {
  /**
   * Makes the table `offloop_conformance` with the columns `id` (integer, primary key), `whole` (64-bit integer),
   * `fraction` (64-bit float), `words` (text, unique), `bytes` (binary) and `amount` (integer, not null, 0 unless
   * given, checked not to be negative). All but `id` and `amount` take NULL.
   */
  readonly createTable: string
  /** The placeholder of the value at `position`, counted from 1. */
  placeholder(position: number): string
  /** Takes one value and gives so many rows of one column: 1, 2, 3 and so on. */
  readonly count: string
  /** Gives rows of one column without end. */
  readonly endless: string
}

/**
 * What a database, or the kind of it that is tested, may lack:
 * - `sharedDatabase`: a second connection sees the same database (not so in memory)
 * - `readers`: connections of the role `reader` exist and refuse to write
 * - `savepoints`: a transaction can be undone in part
 * - `lastRowId`: an INSERT tells the id of its row
 * - `stopping`: a statement that runs and gives rows can be stopped
 */
export type Feature = 'sharedDatabase' | 'readers' | 'savepoints' | 'lastRowId' | 'stopping'

/** What {@link driverConformance} is told. */
export interface ConformanceSetting {
  readonly driver: Driver
  /**
   * What the driver's `plan` is given. Called once for each case. The database must have no table
   * `offloop_conformance`, or one that may be dropped.
   */
  readonly source: () => ConformanceSource | Promise<ConformanceSource>
  readonly test: ConformanceTest
  readonly sql?: Partial<ConformanceSql>
  /** Features that are missing, as `false`; their cases are then not registered. */
  readonly features?: Partial<Record<Feature, boolean>>
  /** A source whose plan is fine and whose database cannot be opened; without one that case is not registered. */
  readonly unreachable?: () => ConformanceSource | Promise<ConformanceSource>
  /** After how many milliseconds a case fails because something never settled. Default 10,000. */
  readonly patience?: number
}

/** The table of all cases. */
export const TABLE = 'offloop_conformance'

const sqliteSql: ConformanceSql = {
  createTable:
    `CREATE TABLE ${TABLE} (id INTEGER PRIMARY KEY, whole INTEGER, fraction REAL, words TEXT UNIQUE, bytes BLOB, ` +
    'amount INTEGER NOT NULL DEFAULT 0 CHECK (amount >= 0))',
  placeholder: () => '?',
  count: 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i FROM n',
  endless: 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n',
}

/** The texts of the setting, and SQLite's where it has none. */
export function completeSql(given: Partial<ConformanceSql> = {}): ConformanceSql {
  return { ...sqliteSql, ...given }
}
