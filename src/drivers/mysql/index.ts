import type { Driver } from '../../contract/index.ts'
import { quoteIdentifier } from './identifier.ts'
import { TRAITS } from './info.ts'
import { openConnection } from './open.ts'
import { labelOf, type MysqlOptions, type MysqlOptionsInput, plan } from './options.ts'
import { findPackage } from './package.ts'
import { shape } from './scan.ts'

export type { MysqlOptions, MysqlOptionsInput }

/** MySQL and MariaDB through the package mariadb, an optional peer. */
const mysql: Driver<MysqlOptions> = {
  name: 'mysql',
  apilevel: '2.0',
  threadsafety: 1,
  paramstyle: 'qmark',
  traits: TRAITS,
  plan: (source) => plan(source, findPackage()),
  shape,
  quoteIdentifier,
  connect: (options, context) => openConnection(options, labelOf(options), context),
}

export default mysql
