import { runBeside } from './beside.ts'
import type { Link } from './link.ts'
import type { MysqlOptions } from './options.ts'
import type { Turns } from './turns.ts'
import type { Exchange } from './wire/exchange.ts'
import type { Line } from './wire/line.ts'

/** What a stopper must know of its session. */
export interface Stoppable {
  readonly options: MysqlOptions
  readonly link: Link
  readonly line: Line
  readonly turns: Turns
  probe(): Promise<void>
}

/**
 * Stops statements that run, by KILL QUERY on a connection beside. That names no statement: it stops whatever the
 * session is at when it arrives, or comes to next. So nothing more is sent until it has arrived and been used up; what was
 * sent before, and is stopped in place of what was meant, is undone by the server and told that it never began.
 */
export class Stopper {
  readonly #session: Stoppable
  /** A KILL QUERY is on its way, or may not have struck yet. */
  #isStriking = false

  constructor(session: Stoppable) {
    this.#session = session
  }

  /** Whether a statement that the server stopped may have been stopped in place of another. */
  get isStriking(): boolean {
    return this.#isStriking
  }

  /** Stops an exchange that was sent, unless it is answered before. */
  stop(exchange: Exchange): void {
    if (exchange.toStop) return
    exchange.toStop = true
    if (this.#session.line.head === exchange) this.reached(exchange)
  }

  /** Stops an exchange that is wanted no more, unless its end is about to come by itself. */
  stopSoon(exchange: Exchange, isOver: () => boolean): void {
    const look = () => {
      if (!isOver()) this.stop(exchange)
    }
    setImmediate(() => setImmediate(look))
  }

  /** The server is at an exchange that is to be stopped. */
  reached(_exchange: Exchange): void {
    if (this.#isStriking) return
    void this.#strike()
  }

  async #strike(): Promise<void> {
    const { options, link, turns, line } = this.#session
    this.#isStriking = true
    turns.hold()
    try {
      // Where it cannot be told, the statement goes on to its end, and its answer stands.
      await runBeside(options, link.address, `KILL QUERY ${link.id}`)
      // What was sent before is answered first; whatever of the stroke is left then hits this, which is nothing.
      await this.#session.probe()
    } finally {
      this.#isStriking = false
      turns.letGo()
    }
    if (line.head?.toStop) this.reached(line.head)
  }
}
