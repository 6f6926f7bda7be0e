/**
 * Measures what SQLite's settings cost and save, with both drivers, on one connection and without threads: reads by
 * random id in the whole table and in a sixteenth of it, a full scan, a sort, and inserts into a table with a random
 * index in one transaction.
 * The file is far larger than the page cache, and the operating system holds all of it in memory. Prints the median of
 * the rounds, as docs/decisions/003-sqlite-settings.md has them.
 *
 *   node --conditions=offloop-source scripts/sqlite-settings.ts [MiB of the file] [rounds]
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BlockingConnection, BlockingDriver } from '../src/contract/index.ts'
import { driver as betterSqlite3 } from '../src/drivers/better-sqlite3/blocking.ts'
import { driver as nodeSqlite } from '../src/drivers/node-sqlite/blocking.ts'
import type { SqliteOptions } from '../src/drivers/sqlite/options.ts'

type Driver = BlockingDriver<SqliteOptions>
type Settings = Partial<SqliteOptions>

const MEBIBYTE = 1024 * 1024
/** About what a row takes in the file, its index entry included. */
const ROW_BYTES = 300
const READS = 20_000
const INSERTS = 300_000
const SORTED = 50_000

const variants: readonly Settings[] = [
  { mmapSize: 0, cacheSize: 2000 },
  { mmapSize: 0, cacheSize: 16_000 },
  { mmapSize: 256 * MEBIBYTE, cacheSize: 2000 },
  { mmapSize: 256 * MEBIBYTE, cacheSize: 8000 },
  { mmapSize: 256 * MEBIBYTE, cacheSize: 16_000 },
  { mmapSize: 256 * MEBIBYTE, cacheSize: 2000, pragmas: { temp_store: 2 } },
]

const SORT = 'SELECT max(length(text)) FROM (SELECT text FROM t WHERE id <= ? ORDER BY substr(text, -3), hash LIMIT -1)'

interface Figures {
  /** Microseconds of one read by id, anywhere and within a sixteenth of the table. */
  readonly read: number
  readonly near: number
  /** Milliseconds of a scan of the whole table, and of a sort of a part of it. */
  readonly scan: number
  readonly sort: number
  /** Microseconds of one insert into a table with a random index, in a transaction of many. */
  readonly insert: number
}

function open(driver: Driver, filename: string, settings: Settings): BlockingConnection {
  const { options } = driver.plan({ filename, ...settings })
  return driver.connect(options, { role: 'writer', name: 'settings' }).connection
}

function run(connection: BlockingConnection, sql: string, values: readonly number[] = []): unknown {
  const cursor = connection.cursor()
  cursor.execute(sql, values, { whole: true })
  const rows = cursor.description ? cursor.fetchAll() : []
  cursor.close()
  return rows[0]?.[0]
}

function fill(driver: Driver, filename: string, rows: number): void {
  const connection = open(driver, filename, { durability: 'crash' })
  run(connection, 'CREATE TABLE t (id INTEGER PRIMARY KEY, hash INTEGER, text TEXT)')
  const ids = 'WITH RECURSIVE n(id) AS (VALUES (1) UNION ALL SELECT id + 1 FROM n LIMIT ?)'
  const insert = `${ids} INSERT INTO t SELECT id, id * 2654435761 % 4294967296, printf('%0240d', id) FROM n`
  run(connection, insert, [rows])
  run(connection, 'CREATE INDEX t_hash ON t (hash)')
  connection.close()
}

function measure(connection: BlockingConnection, rows: number): Figures {
  const cursor = connection.cursor()
  let random = 1
  const read = (count: number, range: number) => {
    for (let i = 0; i < count; i++) {
      random = (random * 48_271) % 2_147_483_647
      cursor.execute('SELECT * FROM t WHERE id = ?', [1 + (random % range)], { whole: true })
      cursor.fetchAll()
    }
  }
  const reads = (range: number) => {
    read(READS / 4, range)
    return (milliseconds(() => read(READS, range)) * 1000) / READS
  }
  return {
    read: reads(rows),
    near: reads(rows >> 4),
    scan: milliseconds(() => run(connection, 'SELECT sum(length(text)) FROM t')),
    sort: milliseconds(() => run(connection, SORT, [SORTED])),
    insert: insert(connection),
  }
}

function insert(connection: BlockingConnection): number {
  run(connection, 'CREATE TABLE w (id INTEGER PRIMARY KEY, hash INTEGER, text TEXT)')
  run(connection, 'CREATE INDEX w_hash ON w (hash)')
  function* rows() {
    for (let i = 1; i <= INSERTS; i++) yield [i, (i * 2_654_435_761) % 4_294_967_296, `some text of this row ${i}`]
  }
  const took = milliseconds(() => {
    connection.begin('write')
    connection.cursor().executeMany('INSERT INTO w VALUES (?, ?, ?)', rows())
    connection.commit()
  })
  run(connection, 'DROP TABLE w')
  return (took * 1000) / INSERTS
}

function milliseconds(work: () => unknown): number {
  const started = performance.now()
  work()
  return performance.now() - started
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

function row(driver: Driver, settings: Settings, rounds: readonly Figures[]): string {
  const figure = (name: keyof Figures, digits: number) => median(rounds.map((one) => one[name])).toFixed(digits)
  const { mmapSize = 0, cacheSize, pragmas } = settings
  const name = `${mmapSize / MEBIBYTE} | ${Number(cacheSize) / 1000} | ${pragmas ? 'memory' : 'file'}`
  return `| ${driver.name} | ${name} | ${figure('read', 2)} | ${figure('near', 2)} | ${figure('scan', 0)} | ${figure('sort', 0)} | ${figure('insert', 2)} |`
}

function measureAll(folder: string, size: number, rounds: number): void {
  const rows = Math.round((size * MEBIBYTE) / ROW_BYTES)
  console.log(`${rows} rows, ${rounds} rounds, Node ${process.version}\n`)
  console.log(
    '| driver | mmap, MiB | cache, MB | temp_store | read by id, us | in 1/16, us | scan, ms | sort, ms | insert, us |',
  )
  console.log('|---|---|---|---|---|---|---|---|---|')
  for (const driver of [nodeSqlite, betterSqlite3]) {
    // A file for each: two copies of SQLite must not share one in a process.
    const filename = join(folder, `${driver.name}.db`)
    fill(driver, filename, rows)
    const figures = variants.map((): Figures[] => [])
    for (let round = 0; round < rounds; round++) {
      for (const [i, settings] of variants.entries()) {
        const connection = open(driver, filename, settings)
        figures[i]?.push(measure(connection, rows))
        connection.close()
      }
    }
    for (const [i, settings] of variants.entries()) console.log(row(driver, settings, figures[i] ?? []))
  }
}

const folder = mkdtempSync(join(tmpdir(), 'offloop-settings-'))
try {
  measureAll(folder, Number(process.argv[2] ?? 128), Number(process.argv[3] ?? 3))
} finally {
  rmSync(folder, { recursive: true })
}
