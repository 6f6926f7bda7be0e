import type { Definition, Includes } from '../contract.ts'
import { modelError } from '../errors.ts'

/** The relations that are to be loaded: those that were asked for before, and these. */
export function addIncludes(definition: Definition, includes: Includes, names: readonly string[]): Includes {
  const added = new Map(includes)
  for (const name of names) {
    if (!definition.relations.has(name)) throw unknownRelation(definition, name)
    if (!added.has(name)) added.set(name, new Map())
  }
  return added
}

export function unknownRelation({ name: owner, relations }: Definition, name: unknown): Error {
  const known = [...relations.keys()].join(', ') || 'none'
  return modelError('UNKNOWN_RELATION', `${owner} has no relation ${JSON.stringify(name)}; it has ${known}`)
}
