import type { Duplex } from 'node:stream'

/** An open connection to a server, on which nothing is under way. */
export interface Wire {
  readonly stream: Duplex
  /** How the server tells a wish to cancel from a stranger's. */
  readonly processId: number
  /** Asks the server, on a connection beside this one, to stop what runs here. Resolves when it has heard that. */
  cancel(): Promise<void>
  /** Milliseconds that it took to reach the server, which no statement is to be blamed for. */
  readonly distance: number
}
