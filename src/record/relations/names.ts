import type { Attribute } from '../attribute-list.ts'
import type { Definition, Relation } from '../contract.ts'
import { definitionOf } from '../define.ts'
import { modelError } from '../errors.ts'
import { titleOf, wrongRelation } from './errors.ts'
import { isKin, namesOf } from './lineage.ts'

/** The name of an attribute that has the key of a record of this class, or of the one in this field: `userId`. */
function keyName(name: string): string {
  return `${name[0]?.toLowerCase()}${name.slice(1)}Id`
}

/** The same as the name of a column: `favorite_color_id`. */
export function keyColumn(name: string): string {
  return `${keyStem(name)}_id`
}

/** A name in the manner of columns: `favorite_color`. */
export function keyStem(name: string): string {
  return name.replace(/([\da-z])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$3_$2').toLowerCase()
}

/** Both: attributes may be named as their columns are. */
export function keyNames(name: string): string[] {
  return [keyName(name), keyColumn(name)]
}

/** The attributes of `holder` that are declared to refer to `other`. */
export function referringTo(holder: Definition, other: Definition): Attribute[] {
  return [...holder.attributes].filter(({ settings: { reference } }) => {
    return reference !== null && isKin(definitionOf(reference.model() as object), other)
  })
}

/** The first attribute of a model that has one of these names. */
export function firstNamed({ attributes }: Definition, names: readonly string[]): Attribute | undefined {
  for (const name of names) {
    const found = attributes.find(name)
    if (found) return found
  }
  return undefined
}

/** The names that an attribute with the key of a record of this model has by custom. */
export function customaryNames(definition: Definition): string[] {
  return [...new Set(namesOf(definition))].flatMap(keyNames)
}

/** The one of these attributes that there is, if there is one; throws where it cannot be told which. */
export function onlyOf(relation: Relation, holder: Definition, found: readonly Attribute[]): Attribute | undefined {
  if (found.length < 2) return found[0]
  const names = found.map(({ name }) => name).join(' and ')
  throw wrongRelation(relation, `${names} of ${holder.name} could both be meant: the option foreignKey says which`)
}

export function noForeignKey(relation: Relation, holder: Definition, names: readonly string[]): Error {
  const message = `${titleOf(relation)}: ${holder.name} has no attribute ${names.join(' or ')}: the option foreignKey names it`
  return modelError('INVALID_MODEL', message)
}

/** The one attribute that is the key. */
export function singleKey({ name, attributes: { key } }: Definition): Attribute {
  const [only, another] = key
  if (only && !another) return only
  throw modelError(
    'INVALID_MODEL',
    `a relation needs a key of one attribute; ${name} has ${key.length}: the option primaryKey names one`,
  )
}

/** The attribute of this name, or the key. */
export function namedOrKey(definition: Definition, named: string | undefined): Attribute {
  return named === undefined ? singleKey(definition) : definition.attributes.get(named, definition.name)
}
