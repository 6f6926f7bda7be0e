import type { Attribute } from '../attribute-list.ts'
import type { Definition } from '../contract.ts'
import { modelError } from '../errors.ts'

/** The attribute of `holder` that has the key of a record of `other`: `userId` for `User`, unless it was named. */
export function foreignKey(holder: Definition, other: Definition, named: string | undefined): Attribute {
  return holder.attributes.get(named ?? `${other.name[0]?.toLowerCase()}${other.name.slice(1)}Id`, holder.name)
}

/** The one attribute that is the key. */
export function singleKey({ name, attributes: { key } }: Definition): Attribute {
  const [only, another] = key
  if (only && !another) return only
  throw modelError('INVALID_MODEL', `a relation needs a key of one attribute; ${name} has ${key.length}`)
}
