import { CONNECTIONS } from '../../servers/connections.ts'
import { openOn } from '../records/typeorm.ts'
import { onlyRecords } from './only-records.ts'

/** TypeORM on pg. */
export const peer = onlyRecords((url) => openOn({ type: 'postgres', url, poolSize: CONNECTIONS }))
