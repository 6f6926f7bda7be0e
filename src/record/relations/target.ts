import { relatedDefinition } from '../bound.ts'
import type { Definition, Relation } from '../contract.ts'
import { wrongRelation } from './errors.ts'

/** What is known of the model that a relation leads to. */
export function relatedModel(relation: Relation, model: () => unknown): Definition {
  const given = typeof model === 'function' ? model() : undefined
  if (typeof given !== 'function') {
    throw wrongRelation(relation, 'the other model is given as a function: () => Picture')
  }
  return relatedDefinition(relation.owner, given)
}
