import { CONNECTIONS } from '../../servers/connections.ts'
import { installed } from '../installed.ts'
import { entities, type Orm, recordsOf } from '../records/mikro-orm.ts'
import { onlyRecords } from './only-records.ts'

const { MikroORM } = await installed<{ MikroORM: { init(options: object): Promise<Orm> } }>('@mikro-orm/postgresql')

/** MikroORM on its own pg. */
export const peer = onlyRecords(async (clientUrl) =>
  recordsOf(await MikroORM.init({ clientUrl, entities, pool: { max: CONNECTIONS } })),
)
