import type { TransactionSettings } from 'kysely'
import { InterfaceError } from '../contract/errors.ts'
import type { InteractionOptions } from '../pool/calls.ts'

/** The interaction that Kysely's transaction settings ask for. */
export function interactionOptions({ accessMode, isolationLevel }: TransactionSettings): InteractionOptions {
  const readOnly = accessMode === 'read only'
  if (isolationLevel === undefined) return { readOnly }
  if (isolationLevel === 'snapshot' || isolationLevel === 'read uncommitted') throw unknownLevel(isolationLevel)
  return { readOnly, isolationLevel }
}

function unknownLevel(level: string): InterfaceError {
  return new InterfaceError(
    `the isolation level ${JSON.stringify(level)} is none of read committed, repeatable read and serializable`,
    { code: 'INVALID_OPTION', kind: 'usage' },
  )
}
