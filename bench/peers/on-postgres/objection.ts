import { CONNECTIONS } from '../../servers/connections.ts'
import { openOn } from '../records/objection.ts'
import { onlyRecords } from './only-records.ts'

/** Objection on Knex and pg. */
export const peer = onlyRecords((connection) => openOn({ client: 'pg', connection, pool: { max: CONNECTIONS } }))
