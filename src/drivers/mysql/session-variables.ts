import { refuse } from '../shared/checks.ts'

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
/** Variables on which the driver relies. */
const FIXED =
  /^(?:autocommit|names|character_set_.*|collation_connection|max_allowed_packet|time_zone|tx_.*|transaction_.*)$/

/** Checks the variables that a user wants set, and gives all that are to be set. */
export function sessionOption(
  value: unknown = {},
  timeZone: string = '+00:00',
): Readonly<Record<string, string | number>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse('session', 'must be an object of variables')
  }
  const given: Record<string, string | number> = {}
  for (const [name, setting] of Object.entries(value)) {
    if (!/^[a-z][a-z0-9_]*$/i.test(name)) refuse('session', `has ${JSON.stringify(name)}, which is no variable's name`)
    if (FIXED.test(name.toLowerCase())) refuse('session', `must not set ${name}: ${instead(name.toLowerCase())}`)
    given[name.toLowerCase()] = checked(name.toLowerCase(), setting)
  }
  return { ...DEFAULTS, time_zone: safe('timeZone', timeZone), ...given }
}

function instead(name: string): string {
  if (name === 'time_zone') return 'there is the option timeZone'
  return name.startsWith('t') ? 'transactions are given their level when they begin' : 'the driver relies on it'
}

function checked(name: string, setting: unknown): string | number {
  if (typeof setting === 'number' && Number.isFinite(setting)) return setting
  if (typeof setting !== 'string') return refuse('session', `must give ${name} a string or a number`)
  if (name === 'sql_mode' && OTHER_GRAMMAR.test(setting)) {
    return refuse(
      'session',
      'gives sql_mode a word after which SQL text means something else than the driver reads in it',
    )
  }
  return safe('session', setting)
}

function safe(name: string, setting: string): string {
  return /[\\'\0]/.test(setting) || !setting.isWellFormed() ? refuse(name, 'holds a quote or a backslash') : setting
}

/** The statement that sets them. */
export function setupSql(session: Readonly<Record<string, string | number>>): string {
  const variables = Object.entries(session).map(([name, value]) => {
    return `@@session.${name} = ${typeof value === 'number' ? value : `'${value}'`}`
  })
  return `SET NAMES utf8mb4, ${variables.join(', ')}`
}
