import { type ServerName, serverNames, startServer, titleOf } from './index.ts'
import { NONE, variables } from './variables.ts'

/** What test files are told of servers, and which cannot be had, with the reason. */
interface ForTests {
  readonly environment: Readonly<Record<string, string>>
  readonly missing: readonly string[]
}

/** Starts the servers of which the environment says nothing. */
export async function serversForTests(): Promise<ForTests> {
  const told = await Promise.all(serverNames.map(async (name) => [name, await tell(name)] as const))
  const without = told.filter(([, value]) => value.startsWith(NONE))
  return {
    environment: Object.fromEntries(told.map(([name, value]) => [variables[name], value])),
    missing: without.map(([name, value]) => `all tests on ${titleOf(name)}: ${value.slice(NONE.length)}`),
  }
}

async function tell(name: ServerName): Promise<string> {
  const given = process.env[variables[name]]
  if (given !== undefined) return given
  try {
    return (await startServer(name)).url()
  } catch (error) {
    return NONE + (error instanceof Error ? error.message : error)
  }
}
