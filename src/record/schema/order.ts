import type { Definition } from '../contract.ts'
import { foreignKeysOf } from './foreign-keys.ts'

/** Models in an order in which each comes after those that it refers to, as far as they do not refer to each other. */
export function inOrder(definitions: readonly Definition[]): Definition[] {
  const byTable = new Map(definitions.map((definition) => [definition.table, definition]))
  const ordered = new Set<Definition>()
  const visited = new Set<Definition>()
  // Steps are put aside, not called: a thousand tables in a row are no deeper than one.
  for (const definition of definitions) {
    const stack = [definition]
    for (let at = stack.at(-1); at; at = stack.at(-1)) {
      const next = visited.has(at) ? undefined : targetsOf(at, byTable).filter((target) => !visited.has(target))
      visited.add(at)
      if (next && next.length > 0) stack.push(...next.reverse())
      else ordered.add(stack.pop() as Definition)
    }
  }
  return [...ordered]
}

function targetsOf(definition: Definition, byTable: ReadonlyMap<string, Definition>): Definition[] {
  return foreignKeysOf(definition).flatMap(({ target }) => byTable.get(target.table) ?? [])
}
