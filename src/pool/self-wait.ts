import { InterfaceError } from '../contract/errors.ts'

/** What a call that waits for its own caller was about to wait for. */
export type SelfWait = 'lane' | 'stream' | 'opening' | 'close'

const EXPLAINED: Readonly<Record<SelfWait, string>> = {
  lane:
    'this call needs the connection that the interaction, lent connection, bulk or stream around it holds until this ' +
    'call is done: without pool.outside a call joins the transaction around it; txn.afterCommit runs work once that is ' +
    'over; a read waits for nobody in a pool with a larger max',
  stream:
    'this call was made in the loop over a stream, and needs the connection that the stream has until the loop ends: make ' +
    'it after the loop, read the rows with runQuery instead, or let the pool have more connections (max), which a ' +
    'database in memory cannot',
  opening: 'onOpen waits for this call, and this call for onOpen: use the connection that onOpen is given',
  close:
    'close() waits for the interaction, lent connection, bulk or onOpen that it was called from: call it when ' +
    'that is over',
}

/** The error of a call that would never end, since it waits for the code that waits for it. Nothing was sent. */
export function waitsForItself(what: SelfWait): InterfaceError {
  return new InterfaceError(`waiting for itself: ${EXPLAINED[what]}`, { code: 'WAITS_FOR_ITSELF', kind: 'usage' })
}
