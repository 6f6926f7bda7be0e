import { Failure } from '../../contract/index.ts'
import { serverFailure } from './errors.ts'
import type { Session } from './session.ts'
import { setupSql } from './session-variables.ts'

/** Sets what statements rely on, and asks what the server takes. */
export async function setUp(session: Session, readOnly: boolean): Promise<Failure | null> {
  const steps = [session.control(setupSql(session.options.session))]
  if (readOnly) steps.push(session.control('SET SESSION TRANSACTION READ ONLY'))
  const answer = await session.command('SELECT @@max_allowed_packet')
  for (const failure of await Promise.all(steps)) if (failure) return failure
  if (answer instanceof Failure) return answer
  if ('errno' in answer) return serverFailure(answer)
  session.mostBytes = Number(answer.rows[0]?.[0])
  return null
}
