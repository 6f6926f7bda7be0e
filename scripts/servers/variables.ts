import type { ServerName } from './kind.ts'

/**
 * Environment variables by which test files are told of servers: a URL whose user may make databases, or {@link NONE}
 * with the reason why there is none. `npm test` sets those that are not set.
 */
export const variables: Readonly<Record<ServerName, string>> = {
  postgres: 'OFFLOOP_TEST_POSTGRES',
  mariadb: 'OFFLOOP_TEST_MARIADB',
  mysql: 'OFFLOOP_TEST_MYSQL',
}

export const NONE = 'none: '
