import type { Definition } from '../contract.ts'

/** The models that a relation of a model leads to. */
export function targetsOf({ relations }: Definition, name: string): readonly Definition[] {
  const relation = relations.get(name)
  if (!relation) return []
  return relation.targets ?? [relation.target]
}
