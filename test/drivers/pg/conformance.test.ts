import { describe, test } from 'node:test'
import pg from '../../../src/drivers/pg/index.ts'
import { driverConformance } from '../../../src/testing/index.ts'

describe('pg', () => {
  driverConformance({
    driver: pg,
    test,
    source: () => ({ host: '127.0.0.1', port: 54961, user: 'postgres', password: 'secret-canary', database: 'postgres' }),
    unreachable: () => ({ host: '127.0.0.1', port: 1, user: 'postgres' }),
    sql: {
      createTable:
        'CREATE TABLE offloop_conformance (id bigint PRIMARY KEY, whole bigint, fraction double precision, words text UNIQUE, ' +
        'bytes bytea, amount integer NOT NULL DEFAULT 0 CHECK (amount >= 0))',
      placeholder: (position) => `$${position}`,
      count: 'SELECT i FROM generate_series(1, $1::int) AS n(i)',
      endless: 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n',
    },
    features: { lastRowId: false },
  })
})
