import { refuse } from './checks.ts'

/** What offloop sets in each session, in place of whatever the server's own settings are. */
const DEFAULTS: Readonly<Record<string, string | number>> = {
  // What does not fit is refused and never cut or changed; a 0 for a counted column is a 0.
  sql_mode:
    'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION,NO_ZERO_DATE,NO_ZERO_IN_DATE,NO_AUTO_VALUE_ON_ZERO',
  time_zone: '+00:00',
  autocommit: 1,
  // Seconds for which the server waits until rows are taken: a stream may stand still for longer than its minute.
  net_write_timeout: 3600,
}

/** Modes in which text, names or comments end elsewhere than where the driver sees their end. */
const OTHER_GRAMMAR = /NO_BACKSLASH_ESCAPES|ANSI|ORACLE|MSSQL|DB2|MAXDB|POSTGRESQL/i
const FIXED = ['autocommit', 'names', 'character_set_client', 'character_set_connection', 'character_set_results']

/** Checks the variables that a user wants set, and gives all that are to be set. */
export function sessionOption(value: unknown): Readonly<Record<string, string | number>> {
  if (value === undefined || value === null) return DEFAULTS
  if (typeof value !== 'object' || Array.isArray(value)) refuse('session', 'must be an object of variables')
  const given: Record<string, string | number> = {}
  for (const [name, setting] of Object.entries(value)) {
    if (!/^[a-z][a-z0-9_]*$/i.test(name)) refuse('session', `has ${JSON.stringify(name)}, which is no variable's name`)
    if (FIXED.includes(name.toLowerCase())) refuse('session', `sets ${name}, on which the driver relies`)
    given[name.toLowerCase()] = checked(name, setting)
  }
  return { ...DEFAULTS, ...given }
}

function checked(name: string, setting: unknown): string | number {
  if (typeof setting === 'number' && Number.isFinite(setting)) return setting
  if (typeof setting !== 'string') refuse('session', `must give ${name} a string or a number`)
  if (/[\\'\0]/.test(setting)) refuse('session', `gives ${name} a quote, a backslash or U+0000`)
  if (name.toLowerCase() === 'sql_mode' && OTHER_GRAMMAR.test(setting)) {
    refuse('session', 'gives sql_mode a word after which SQL text is read in another way than the driver reads it')
  }
  return setting
}

/** The statement that sets them. */
export function setupSql(session: Readonly<Record<string, string | number>>): string {
  const variables = Object.entries(session).map(([name, value]) => {
    return `@@session.${name} = ${typeof value === 'number' ? value : `'${value}'`}`
  })
  return `SET NAMES utf8mb4, ${variables.join(', ')}`
}
