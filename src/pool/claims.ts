import type { ConnectPlan } from '../contract/driver.ts'
import { InterfaceError } from '../contract/errors.ts'

interface Claim {
  readonly owner: string
  connections: number
}

// One for the process, however often the package is loaded.
const CLAIMS = Symbol.for('offloop.claims')

function claims(): Map<string, Claim> {
  const holder = globalThis as { [CLAIMS]?: Map<string, Claim> }
  holder[CLAIMS] ??= new Map()
  return holder[CLAIMS]
}

/**
 * Notes that a connection is about to be opened to what the plan says nobody else may have open in another way. Gives
 * what is to be called when the connection is gone.
 *
 * @throws {InterfaceError} when somebody else has
 */
export function claim({ exclusive, label }: ConnectPlan): () => void {
  if (!exclusive) return () => undefined
  const { owner } = exclusive
  const all = claims()
  const resource = exclusive.resource()
  const known = all.get(resource)
  if (known && known.owner !== owner) throw taken(label, owner, known.owner)
  const mine = known ?? { owner, connections: 0 }
  mine.connections++
  all.set(resource, mine)
  let released = false
  return () => {
    if (released) return
    released = true
    if (--mine.connections === 0) all.delete(resource)
  }
}

function taken(label: string, owner: string, other: string): InterfaceError {
  return new InterfaceError(
    `${label} is open in this process through ${other}, and ${owner} would undo its locks: use one driver for it, or ` +
      'close the other pool first',
    { code: 'OPEN_ELSEWHERE', kind: 'usage' },
  )
}
