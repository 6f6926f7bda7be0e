import type { BlockingConnection } from '../contract/blocking.ts'
import type { ControlVerb } from './protocol.ts'

/** What needs no transaction. */
const BEGINS_OR_UNDOES: ReadonlySet<ControlVerb> = new Set(['beginWrite', 'beginRead', 'rollback'])

/** Whether this may be done on a connection as it is: a savepoint outside a transaction would begin one that nobody knows of. */
export function mayControl({ inTransaction }: BlockingConnection, verb: ControlVerb): boolean {
  return inTransaction || BEGINS_OR_UNDOES.has(verb)
}

/** Begins, ends or divides a transaction. */
export function control(connection: BlockingConnection, verb: Exclude<ControlVerb, 'recover'>, name: string): void {
  if (verb === 'beginWrite') connection.begin('write')
  else if (verb === 'beginRead') connection.begin('read')
  else if (verb === 'commit') connection.commit()
  else if (verb === 'rollback') connection.rollback()
  else connection[verb](name)
}
