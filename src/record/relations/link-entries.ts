import { describe } from '../../contract/checks.ts'
import type { Value } from '../../contract/value.ts'
import type { Attribute } from '../attribute-list.ts'
import { encoded } from '../attributes.ts'
import type { Definition, Key, Relation, Slot } from '../contract.ts'
import { wrongRelation } from './errors.ts'
import { keyOfRaw, rawOf } from './key.ts'
import { Members } from './members.ts'
import { singleKey } from './names.ts'

/** What a link is to have beside its keys. */
export type LinkValues = ReadonlyMap<Attribute, Value>

/** Records that are to be linked, each perhaps with what its link is to have. */
export class LinkEntries {
  readonly members: Members
  readonly #values = new Map<Key, LinkValues>()

  constructor(relation: Relation, target: Definition, links: Definition | null, given: unknown) {
    if (!Array.isArray(given)) throw wrongRelation(relation, `it takes a list of records, not ${describe(given)}`)
    this.members = new Members(
      relation,
      target,
      given.map((one) => (Array.isArray(one) ? one[0] : one)),
    )
    for (const one of given) {
      if (!Array.isArray(one) || one[1] === undefined) continue
      if (!links) throw wrongRelation(relation, 'its links have no attributes of their own')
      const raw = rawOf(one[0], singleKey(target))
      this.#values.set(keyOfRaw(raw) as Key, valuesOf(relation, links, one[1]))
    }
  }

  valuesFor(raw: Slot): LinkValues | undefined {
    return this.#values.get(keyOfRaw(raw) as Key)
  }
}

function valuesOf(relation: Relation, { attributes, name }: Definition, given: unknown): LinkValues {
  if (typeof given !== 'object' || given === null) {
    throw wrongRelation(relation, `attributes of a link are given as an object, not as ${describe(given)}`)
  }
  const values = new Map<Attribute, Value>()
  for (const [key, value] of Object.entries(given)) {
    const attribute = attributes.get(key, name)
    if (value !== undefined) values.set(attribute, value === null ? null : encoded(name, attribute, value))
  }
  return values
}
