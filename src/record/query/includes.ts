import { describe } from '../../contract/checks.ts'
import type { Definition, Includes } from '../contract.ts'
import { modelError } from '../errors.ts'
import { targetsOf } from '../relations/targets.ts'

/** The relations that are to be loaded: those that were asked for before, and these, by names and trees of names. */
export function addIncludes(definition: Definition, includes: Includes, given: readonly unknown[]): Includes {
  return added([definition], includes, given)
}

/** How deep relations of relations are loaded: a tree that holds itself has no end. */
const DEEPEST = 100

function added(definitions: readonly Definition[], includes: Includes, given: readonly unknown[], depth = 1): Includes {
  if (depth > DEEPEST) {
    throw modelError(
      'INVALID_QUERY',
      `relations are included at most ${DEEPEST} deep: this tree is deeper, or holds itself`,
    )
  }
  const all = new Map(includes)
  for (const one of given) {
    for (const [name, below] of branches(definitions, one)) {
      const having = definitions.filter(({ relations }) => relations.has(name))
      const [first] = definitions
      if (having.length === 0 && first) throw unknownRelation(first, name)
      const nested = all.get(name) ?? new Map()
      all.set(
        name,
        below.length === 0
          ? nested
          : added(
              having.flatMap((one) => targetsOf(one, name)),
              nested,
              below,
              depth + 1,
            ),
      )
    }
  }
  return all
}

// A name; or by names what is below them: true for nothing, one more of these, or a list of them.
function branches(definitions: readonly Definition[], given: unknown): (readonly [string, readonly unknown[]])[] {
  if (typeof given === 'string') return [[given, []]]
  if (typeof given !== 'object' || given === null || Array.isArray(given)) throw notIncludable(definitions, given)
  return Object.entries(given).map(([name, below]) => {
    if (below === true) return [name, []]
    if (below === undefined || below === false) throw notIncludable(definitions, below)
    return [name, Array.isArray(below) ? below : [below]]
  })
}

function notIncludable(definitions: readonly Definition[], given: unknown): Error {
  const owners = definitions.map(({ name }) => name).join(', ')
  const message = `relations of ${owners} are included by names, or by { name: true } and what is below them, not by ${describe(given)}`
  return modelError('INVALID_QUERY', message)
}

export function unknownRelation({ name: owner, relations }: Definition, name: unknown): Error {
  const known = [...relations.keys()].join(', ') || 'none'
  return modelError('UNKNOWN_RELATION', `${owner} has no relation ${JSON.stringify(name)}; it has ${known}`)
}
