import { type ConnectContext, errorFromRecord, Failure, recordOf, SqlError } from '../../contract/index.ts'
import { asked, type ServerAddress } from '../server/hosts.ts'
import { MysqlConnection } from './connection.ts'
import { connectRecord } from './errors.ts'
import { openLink } from './link.ts'
import { labelOf, type MysqlOptions } from './options.ts'
import { Session } from './session.ts'
import { setupSql } from './session-variables.ts'

/** Opens a connection to the server that was asked for, or else to the first that lets us in, and sets its session up. Rejects with an error of the tree. */
export async function open(
  options: MysqlOptions,
  { role, after, signal, host }: ConnectContext,
): Promise<MysqlConnection> {
  await after
  let failure: unknown = null
  for (const address of asked(options.addresses, host)) {
    try {
      return new MysqlConnection(await openSession(options, address, role === 'reader' || options.readOnly, signal))
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
    await setUp(session, readOnly)
    return session
  } catch (error) {
    session.line.destroy()
    throw error
  }
}

/** Sets what statements rely on, and asks what the server takes. */
export async function setUp(session: Session, readOnly: boolean): Promise<void> {
  const steps = [session.control(setupSql(session.options.session))]
  if (readOnly) steps.push(session.control('SET SESSION TRANSACTION READ ONLY'))
  const answer = await session.command('SELECT @@max_allowed_packet')
  for (const failure of await Promise.all(steps)) if (failure) throw failure.toError()
  if (answer instanceof Failure) throw answer.toError()
  if (!('errno' in answer)) session.mostBytes = Number(answer.rows[0]?.[0])
}
