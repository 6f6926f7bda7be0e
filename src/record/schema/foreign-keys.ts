import type { Attribute } from '../attribute-list.ts'
import type { ReferenceAction } from '../columns/reference.ts'
import type { Definition } from '../contract.ts'
import { definitionOf } from '../define.ts'
import { modelError } from '../errors.ts'

/** A column whose values are those of a column of another table. */
export interface ForeignKey {
  readonly column: string
  readonly target: Definition
  readonly targetColumn: string
  readonly onDelete: ReferenceAction | undefined
  readonly onUpdate: ReferenceAction | undefined
}

/** The foreign keys of a model's table. */
export function foreignKeysOf({ attributes, name: owner }: Definition): ForeignKey[] {
  return [...attributes].flatMap(({ column, name, settings: { reference } }) => {
    if (!reference) return []
    const target = targetOf(reference.model(), `${owner}.${name}`)
    const { onDelete, onUpdate } = reference
    return [{ column, target, targetColumn: referred(target, reference.attribute).column, onDelete, onUpdate }]
  })
}

function targetOf(model: unknown, attribute: string): Definition {
  if (typeof model === 'function') return definitionOf(model)
  throw modelError('INVALID_MODEL', `${attribute} references no model: the function must give a class`)
}

function referred({ attributes, name }: Definition, attribute: string | undefined): Attribute {
  if (attribute !== undefined) return attributes.get(attribute, name)
  const [only, another] = attributes.key
  if (only && !another) return only
  throw modelError(
    'INVALID_MODEL',
    `a reference needs a key of one attribute, or { attribute }; ${name} has ${attributes.key.length}`,
  )
}
