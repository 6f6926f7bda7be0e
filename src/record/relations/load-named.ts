import { DEFINITION, type Stateful } from '../contract.ts'
import { unknownRelation } from '../query/includes.ts'

/** Loads relations of a record, all of them if none is named, and gives what they hold by name. */
export async function loadNamed(record: Stateful, given: readonly string[]): Promise<Record<string, unknown>> {
  const { relations } = record[DEFINITION]
  const names = given.length > 0 ? given : [...relations.keys()]
  for (const name of names) if (!relations.has(name)) throw unknownRelation(record[DEFINITION], name)
  const handles = record as unknown as Record<string, { get(): Promise<unknown> }>
  const held = await Promise.all(names.map(async (name) => [name, await handles[name]?.get()] as const))
  return Object.fromEntries(held)
}
