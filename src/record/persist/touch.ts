import type { Value } from '../../contract/value.ts'
import type { Attribute } from '../attribute-list.ts'
import { encoded } from '../attributes.ts'
import { DEFINITION, type Definition, type Stateful } from '../contract.ts'
import { modelError } from '../errors.ts'
import { exclusively } from './exclusively.ts'
import { mustBeStored } from './key.ts'
import { updateOnly } from './update.ts'
import { timeFor } from './upkeep.ts'

/** Writes the time into these attributes of a stored record, and into the one that says when it was written last. */
export async function touchRecord(record: Stateful, names: readonly string[]): Promise<void> {
  await exclusively(record, async () => {
    mustBeStored(record, 'touch')
    const definition = record[DEFINITION]
    const now = timeFor(definition)
    const raws = touched(definition, names).map((attribute): [Attribute, Value] => [
      attribute,
      encoded(definition.name, attribute, now),
    ])
    await updateOnly(record, new Map(raws))
  })
}

function touched({ attributes, name }: Definition, names: readonly string[]): Attribute[] {
  const { updatedAt } = attributes.kept
  const named = names.map((each) => attributes.get(each, name))
  if (updatedAt || named.length > 0) return updatedAt ? [...named, updatedAt] : named
  throw modelError('INVALID_MODEL', `${name} has no updatedAt() column: name the attributes that are to be touched`)
}
