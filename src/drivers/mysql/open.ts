import { type ConnectContext, errorFromRecord, Failure, SqlError } from '../../contract/index.ts'
import { MysqlConnection } from './connection.ts'
import { connectRecord } from './errors.ts'
import { openLink } from './link.ts'
import type { MysqlOptions } from './options.ts'
import { Session } from './session.ts'
import { setupSql } from './session-variables.ts'

/** Opens a connection and sets its session up. Rejects with an error of the tree. */
export async function openConnection(
  options: MysqlOptions,
  label: string,
  { role, after, signal }: ConnectContext,
): Promise<MysqlConnection> {
  await after
  try {
    const session = new Session(await openLink(options, signal), options)
    try {
      await setUp(session, role === 'reader' || options.readOnly)
    } catch (error) {
      session.line.destroy()
      throw error
    }
    return new MysqlConnection(session)
  } catch (error) {
    if (error instanceof SqlError) throw error
    throw errorFromRecord(connectRecord(error, label))
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
