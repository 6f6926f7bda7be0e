import { describe, invalidOption, ownOptions } from '../../contract/checks.ts'
import { checkOneOf, checkText } from './checks.ts'

const ACTIONS = ['cascade', 'set null', 'set default', 'restrict', 'no action'] as const

/** What happens to rows that refer to a row that goes away or gets another key. */
export type ReferenceAction = (typeof ACTIONS)[number]

/** Which column of which model a column refers to. */
export interface Reference {
  /** A function, so that models may refer to each other. */
  readonly model: () => unknown
  /** The attribute there; its key unless told. */
  readonly attribute?: string
  readonly onDelete?: ReferenceAction
  readonly onUpdate?: ReferenceAction
}

export function checkReference(given: Reference): Reference {
  const reference = ownOptions(given, ['model', 'attribute', 'onDelete', 'onUpdate'], 'references')
  if (typeof reference.model !== 'function') {
    throw invalidOption(TypeError, `references takes a function that gives a model, not ${describe(reference.model)}`)
  }
  if (reference.attribute !== undefined) checkText('attribute', reference.attribute)
  for (const when of ['onDelete', 'onUpdate'] as const) {
    if (reference[when] !== undefined) checkOneOf(when, reference[when], ACTIONS)
  }
  return reference
}
