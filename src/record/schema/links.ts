import type { Attribute, AttributeList } from '../attribute-list.ts'
import type { Definition, Relation } from '../contract.ts'

/** A table that relates rows of two others, many to many. */
export interface LinkTable {
  readonly table: string
  readonly attributes: AttributeList
  readonly ownerKey: Attribute
  readonly targetKey: Attribute
}

/** A relation that has such a table. */
interface Linking extends Relation {
  readonly links: LinkTable
  readonly ownerSide: Attribute
  readonly targetSide: Attribute
}

function isLinking(relation: Relation): relation is Linking {
  return 'links' in relation && 'ownerSide' in relation && 'targetSide' in relation
}

/** One such table as it is created: with what its two keys are the keys of. */
export interface Links extends LinkTable {
  readonly sides: readonly { readonly key: Attribute; readonly of: Definition; readonly column: string }[]
}

/** The tables of links that the relations of a model have. */
export function linksOf({ relations }: Definition): Links[] {
  return [...relations.values()].filter(isLinking).map(({ links, owner, target, ownerSide, targetSide }) => ({
    table: links.table,
    attributes: links.attributes,
    ownerKey: links.ownerKey,
    targetKey: links.targetKey,
    sides: [
      { key: links.ownerKey, of: owner, column: ownerSide.column },
      { key: links.targetKey, of: target, column: targetSide.column },
    ],
  }))
}
