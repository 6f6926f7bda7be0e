import { type Connection, Failure, type Outcome, type Query, type Standing } from '../../contract/index.ts'

const VARIABLES = "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('read_only', 'version', 'wsrep_on')"
const GALERA = "SHOW GLOBAL STATUS WHERE Variable_name IN ('wsrep_ready', 'wsrep_last_committed')"
const MARIADB_POSITION = 'SELECT @@global.gtid_current_pos'
const MYSQL_POSITION = 'SELECT @@global.gtid_executed'

type Asked = Pick<Connection, 'query'>

/** Asks a server of MariaDB or MySQL what it is among those that hold the same database. */
export async function standing(connection: Asked): Promise<Standing | Failure> {
  const [settings, galera] = await Promise.all([askForNames(connection, VARIABLES), askForNames(connection, GALERA)])
  if (settings instanceof Failure) return settings
  if (galera instanceof Failure) return galera
  // A node that has yet to join says that its cluster has no members.
  if (settings.get('wsrep_on') === 'ON') return ofNode(galera)
  const isMariaDb = /mariadb/i.test(settings.get('version') ?? '')
  const position = await ask(connection, isMariaDb ? MARIADB_POSITION : MYSQL_POSITION)
  if (position instanceof Failure) return position
  return {
    role: settings.get('read_only') === 'OFF' ? 'primary' : 'replica',
    position: sequenceOf(String(position[0]?.[0] ?? '')),
    term: null,
  }
}

// All nodes of a Galera cluster take writes, unless they are cut off from the others or have yet to catch up with them.
function ofNode(variables: ReadonlyMap<string, string>): Standing {
  const committed = Number(variables.get('wsrep_last_committed') ?? -1)
  return {
    role: variables.get('wsrep_ready') === 'ON' ? 'primary' : 'away',
    position: committed >= 0 ? BigInt(committed) : null,
    term: null,
  }
}

/**
 * The number of the last transaction: `0-1-100` of MariaDB, `3e11fa47-…:1-100` of MySQL. Null where there are several
 * sequences, or gaps in one: such positions have no order.
 */
export function sequenceOf(gtids: string): bigint | null {
  const last = /^\d+-\d+-(\d+)$/.exec(gtids)?.[1] ?? /^[\da-f-]{36}:1-(\d+)$/i.exec(gtids)?.[1]
  return last === undefined ? null : BigInt(last)
}

async function ask(connection: Asked, sql: string): Promise<unknown[][] | Failure> {
  const query: Query = { sql, values: [], names: null, rowMode: 'array', inTransaction: false }
  const answer: Outcome | Failure = await connection.query(query)
  return answer instanceof Failure ? answer : (answer.rows as unknown[][])
}

async function askForNames(connection: Asked, sql: string): Promise<ReadonlyMap<string, string> | Failure> {
  const rows = await ask(connection, sql)
  return rows instanceof Failure ? rows : new Map(rows.map(([name, value]) => [String(name), String(value)]))
}
