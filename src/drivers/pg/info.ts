import type { DriverInfo, Traits } from '../../contract/index.ts'
import { quoteIdentifier } from './identifier.ts'
import { type PgOptions, plan } from './options.ts'
import { shape } from './scan.ts'

const TRAITS: Traits = {
  dialect: 'postgres',
  maxParameters: 65535,
  infinity: true,
  nulInText: false,
  integerRange: [-(2n ** 63n), 2n ** 63n - 1n],
  isolationLevel: 'read committed',
  goodSql: 'SELECT 1',
}

/** PostgreSQL, as the event loop knows it before anything is opened. */
export const info: DriverInfo<PgOptions> = {
  name: 'pg',
  apilevel: '2.0',
  threadsafety: 1,
  paramstyle: 'numeric',
  traits: TRAITS,
  plan,
  shape,
  placeholder: (position) => `$${position}`,
  quoteIdentifier,
}
