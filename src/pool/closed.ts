import type { ErrorRecord } from '../contract/failure.ts'

/** What calls on a closed pool are refused with. */
export const closedRecord: ErrorRecord = {
  type: 'PoolClosedError',
  message: 'the pool is closed',
  code: 'POOL_CLOSED',
  kind: 'closed',
}
