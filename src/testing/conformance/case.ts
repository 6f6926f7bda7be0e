import type { Feature } from './setting.ts'
import type { Subject } from './subject.ts'

/** One promise of a driver, and how to see whether it is kept. */
export interface Case {
  /** The promise, in words; in front of it the behaviours of DB-API 2.0 that it proves. */
  readonly name: string
  /** Features, or settings, without which there is nothing to see. */
  readonly needs?: readonly (Feature | 'unreachable')[]
  run(subject: Subject): void | Promise<void>
}
