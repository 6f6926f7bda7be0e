import type { BlockingCursor } from '../contract/blocking.ts'
import type { HostStatement } from './host-statements.ts'

/** A result of which rows may be left. */
export interface OpenCursor {
  readonly statement: HostStatement
  readonly cursor: BlockingCursor
}

/** The results of which rows are left, by the numbers that the loop gave them. */
export class OpenCursors {
  readonly #open = new Map<number, OpenCursor>()

  add(id: number, open: OpenCursor): void {
    this.#open.set(id, open)
  }

  get(id: number): OpenCursor | undefined {
    return this.#open.get(id)
  }

  drop(id: number): void {
    this.#open.get(id)?.cursor.close()
    this.#open.delete(id)
  }

  dropAll(): void {
    for (const id of [...this.#open.keys()]) this.drop(id)
  }
}
