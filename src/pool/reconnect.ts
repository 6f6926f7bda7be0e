import type { Connection } from '../contract/connection.ts'
import { CommitUnknownError, ConnectionLostError } from '../contract/errors.ts'
import type { Failure } from '../contract/failure.ts'
import type { Probe } from './doubts.ts'
import type { Lane } from './lane.ts'
import type { Lanes } from './lanes.ts'

/**
 * What adbapi calls reconnecting: after a failed interaction its connection is asked whether it lives, so that the
 * caller learns that it was lost, and whoever comes next gets another.
 */
export class Reconnect {
  readonly #lanes: Lanes
  readonly #probe: Probe

  constructor(lanes: Lanes, probe: Probe) {
    this.#lanes = lanes
    this.#probe = probe
  }

  /**
   * Asks the connection of a lane on which an interaction failed and was rolled back. Gives the error for the caller:
   * the one with which it failed if the connection lives, else one that tells of the loss, with that as its cause.
   */
  async after(lane: Lane, error: unknown): Promise<unknown> {
    const failure = lane.connection ? await this.#ask(lane, lane.connection) : null
    if (lane.connection && !failure) return error
    // These say already what is known of the loss.
    if (error instanceof ConnectionLostError || error instanceof CommitUnknownError) return error
    return new ConnectionLostError('the connection was lost; the transaction was rolled back, or ended with it', {
      code: 'CONNECTION_LOST',
      kind: 'connectionLost',
      retryable: true,
      cause: error,
    })
  }

  async #ask(lane: Lane, connection: Connection): Promise<Failure | null> {
    const failure = await this.#probe(connection)
    if (failure) this.#lanes.drop(lane, failure)
    return failure
  }
}
