import { type ConnectContext, errorFromRecord, recordOf, SqlError } from '../../contract/index.ts'
import { asked, type ServerAddress } from '../server/hosts.ts'
import { MysqlConnection } from './connection.ts'
import { connectRecord } from './errors.ts'
import { openLink } from './link.ts'
import { labelOf, type MysqlOptions } from './options.ts'
import { Session } from './session.ts'
import { setUp } from './set-up.ts'

/** Opens a connection to the server that was asked for, or else to the first that lets us in, and sets its session up. Rejects with an error of the tree. */
export async function open(
  options: MysqlOptions,
  { role, after, signal, setsUp = false, host }: ConnectContext,
): Promise<MysqlConnection> {
  await after
  let failure: unknown = null
  for (const address of asked(options.addresses, host)) {
    try {
      const readOnly = role === 'reader' || options.readOnly
      return new MysqlConnection(await openSession(options, address, readOnly, signal), setsUp, readOnly)
    } catch (error) {
      failure = error
      if (signal?.aborted || !isElsewhere(error)) break
    }
  }
  if (failure instanceof SqlError) throw failure
  throw errorFromRecord(connectRecord(failure, labelOf(options)))
}

// What one server refuses for good, another of the same kind refuses as well: such as a wrong password.
function isElsewhere(error: unknown): boolean {
  const record = error instanceof SqlError ? recordOf(error) : connectRecord(error, '')
  return record.retryable === true
}

async function openSession(
  options: MysqlOptions,
  address: ServerAddress,
  readOnly: boolean,
  signal: AbortSignal | undefined,
): Promise<Session> {
  const session = new Session(await openLink(options, address, signal), options)
  try {
    const failure = await setUp(session, readOnly)
    if (failure) throw failure.toError()
    return session
  } catch (error) {
    session.line.destroy()
    throw error
  }
}
