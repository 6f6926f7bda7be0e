import { CONNECTIONS } from '../../servers/connections.ts'
import { openOn } from '../records/sequelize.ts'
import { onlyRecords } from './only-records.ts'

/** Sequelize on pg. */
export const peer = onlyRecords((url) => {
  const { hostname: host, port, username, password, pathname } = new URL(url)
  const address = { host, port: Number(port), username, password, database: pathname.slice(1) }
  return openOn({ dialect: 'postgres', ...address, pool: { max: CONNECTIONS } })
})
