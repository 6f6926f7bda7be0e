import type { DriverInfo } from '../../contract/index.ts'
import { quoteIdentifier } from './identifier.ts'
import { type MysqlOptions, plan } from './options.ts'
import { mariadbPackage } from './package.ts'
import { shape } from './scan.ts'

export const info: DriverInfo<MysqlOptions> = {
  name: 'mysql',
  apilevel: '2.0',
  threadsafety: 1,
  paramstyle: 'qmark',
  traits: {
    dialect: 'mysql',
    maxParameters: 65535,
    infinity: false,
    nulInText: true,
    integerRange: [-(2n ** 63n), 2n ** 64n - 1n],
    isolationLevel: 'repeatable read',
    goodSql: 'SELECT 1',
  },
  plan(source) {
    mariadbPackage()
    return plan(source)
  },
  shape,
  quoteIdentifier,
}
