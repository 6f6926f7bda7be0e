import type { Driver } from '../../contract/index.ts'
import { info } from './info.ts'
import { open } from './open.ts'
import type { PgOptions } from './options.ts'

export type { PgNotice, PgOptions, PgOptionsInput } from './options.ts'

/** PostgreSQL through the package pg, an optional peer. */
const pg: Driver<PgOptions> = { ...info, connect: open }

export default pg
