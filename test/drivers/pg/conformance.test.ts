import { describe, test } from 'node:test'
import pg from '../../../src/drivers/pg/index.ts'
import { driverConformance } from '../../../src/testing/index.ts'
import { site } from './fixtures.ts'

// No index of a server's takes a text of megabytes: what is unique is its hash.
const TABLE = `DO $$ BEGIN
  CREATE TABLE offloop_conformance (id bigint PRIMARY KEY, whole bigint, fraction double precision, words text,
    bytes bytea, amount integer NOT NULL DEFAULT 0 CHECK (amount >= 0));
  CREATE UNIQUE INDEX ON offloop_conformance (md5(words));
END $$`

for (const preparedStatements of [true, false]) {
  describe(`P17 pg keeps every promise of a driver, ${preparedStatements ? 'with' : 'without'} prepared statements`, () => {
    const place = site()
    driverConformance({
      driver: pg,
      test,
      // Without prepared statements the server is taken as it is set, and this one is set oddly.
      source: () => place.options({ preparedStatements, parameters: { extra_float_digits: 1 } }),
      unreachable: () => place.options({ port: 1 }),
      sql: {
        createTable: TABLE,
        placeholder: (position) => `$${position}`,
        count: 'SELECT i FROM generate_series(1, $1::int) AS n(i)',
        endless: 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n',
      },
      features: { lastRowId: false },
    })
  })
}
