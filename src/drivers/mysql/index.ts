import type { Driver } from '../../contract/index.ts'
import { info } from './info.ts'
import { open } from './open.ts'
import type { MysqlOptions } from './options.ts'

export type { MysqlOptions, MysqlOptionsInput } from './options.ts'

/** MySQL and MariaDB through the package mariadb, an optional peer. */
const mysql: Driver<MysqlOptions> = { ...info, connect: open }

export default mysql
