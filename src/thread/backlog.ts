import { Fifo } from '../base/fifo.ts'
import type { Call } from './call.ts'

/** Something to be written to the thread; gives false while there is no room for it. */
export type Write = () => boolean

interface Entry {
  readonly write: Write
  /** The call that it is, or null for what is only told. */
  readonly call: Call | null
}

/** What there was no room for on the way to a thread, in order. */
export class Backlog {
  readonly #entries = new Fifo<Entry>()

  get size(): number {
    return this.#entries.size
  }

  push(write: Write, call: Call | null = null): void {
    this.#entries.push({ write, call })
  }

  /** Writes as much as there is room for. */
  flush(): void {
    while (this.#entries.peek()?.write()) this.#entries.shift()
  }

  /** Takes out all calls; what is only told stays. */
  takeCalls(): Call[] {
    const entries = [...this.#entries]
    while (this.#entries.shift());
    for (const entry of entries) if (!entry.call) this.#entries.push(entry)
    return entries.flatMap(({ call }) => call ?? [])
  }
}
