import { after, describe, test } from 'node:test'
import type { Driver } from '../../src/contract/index.ts'
import { moduleOf } from '../../src/drivers/catalogue.ts'
import { driverConformance } from '../../src/testing/index.ts'
import { type Database, servers } from '../databases.ts'

for (const database of servers) {
  const skip = database.whyMissing?.() ?? false
  describe(`P17 NOD-002 NOD-021 ${database.name} keeps every promise of a driver`, { skip }, async () => {
    if (skip === false) await conform(database)
  })
}

async function conform(database: Database): Promise<void> {
  const { dialect } = database
  // An owner for each suite: the end of one is not that of the others.
  const source = database.connect({ after: (work) => after(work) })
  const driver: Driver = (await import(moduleOf(database.driver).href)).default
  driverConformance({
    driver: signed(driver),
    test,
    source: () => source,
    unreachable: () => ({ ...source, database: 'offloop_no_such_database' }),
    features: { readers: false, lastRowId: dialect.name === 'mysql' },
    sql: {
      createTable: tableIn(database),
      placeholder: dialect.placeholder,
      count: dialect.count,
      endless: dialect.endless,
    },
  })
}

/** A column holds integers with a sign, or those without: MySQL takes values of both, and the suite's column has a sign. */
function signed(driver: Driver): Driver {
  const [lowest, highest] = driver.traits.integerRange
  const most = 2n ** 63n - 1n
  return { ...driver, traits: { ...driver.traits, integerRange: [lowest, highest > most ? most : highest] } }
}

/** The suite's table. No index takes a text of megabytes as its words may be: what is unique is their hash. */
function tableIn({ name, dialect }: Database): string {
  const { key, integer, real, text, bytes } = dialect.types
  const table =
    `CREATE TABLE offloop_conformance (id ${key}, whole ${integer}, fraction ${real}, words ${text}, bytes ${bytes}, ` +
    `amount ${integer} NOT NULL DEFAULT 0 CHECK (amount >= 0)`
  if (name === 'postgres')
    return `DO $$ BEGIN ${table}); CREATE UNIQUE INDEX ON offloop_conformance (md5(words)); END $$`
  return name === 'mysql' ? `${table}, UNIQUE ((sha2(words, 256))))` : `${table}, UNIQUE (words))`
}
