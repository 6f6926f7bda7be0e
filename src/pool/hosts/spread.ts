import { SqlError } from '../../contract/errors.ts'
import type { Lanes } from '../lanes.ts'
import { NO_REPLICA } from './hosted.ts'
import type { Hosts } from './hosts.ts'

/** What leases are told of several servers: those who only read may be sent to another one than those who write. */
export class Spread<L> {
  readonly lanes: Lanes
  readonly #hosts: Hosts
  readonly #leases: L

  constructor(hosts: Hosts, lanes: Lanes, leases: L) {
    this.#hosts = hosts
    this.lanes = lanes
    this.#leases = leases
  }

  /** Does what only reads on a replica; on the server that takes writes where none may serve, or all are gone. */
  async read<T>(onReplica: (leases: L) => Promise<T>, onPrimary: () => Promise<T>): Promise<T> {
    if (!this.#hosts.mayRead()) return await onPrimary()
    try {
      return await onReplica(this.#leases)
    } catch (error) {
      // Nothing was done: none was there any more when it came to opening a connection.
      if (!(error instanceof SqlError) || error.code !== NO_REPLICA) throw error
    }
    return await onPrimary()
  }

  /** The running code begins to write. Gives what is to be called at the end. */
  write(): () => void {
    return this.#hosts.writes.begin()
  }
}
