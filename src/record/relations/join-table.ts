import type { Attribute } from '../attribute-list.ts'
import { AttributeList } from '../attribute-list.ts'
import { type Columns, newColumn } from '../columns/column.ts'
import type { Definition, ModelClass, PlannedRelation, Relation } from '../contract.ts'
import type { Database } from '../database.ts'
import { keyColumn } from './names.ts'

/** A table of links, each of which relates one row to another: known like a model's, but without records. */
export class JoinTable implements Definition {
  readonly model: ModelClass = NoRecord
  readonly name: string
  readonly table: string
  readonly attributes: AttributeList
  readonly planned: PlannedRelation[] = []
  readonly relations: ReadonlyMap<string, Relation> = new Map()
  readonly inheritance = null
  readonly strict = false
  readonly #database: () => Database
  /** The attribute that has the owner's key, and the one that has the target's. */
  readonly ownerKey: Attribute
  readonly targetKey: Attribute
  /** What else links have. */
  readonly own: readonly Attribute[]

  constructor({ table, ownerSide, targetSide, ownerColumn, targetColumn, columns, database }: JoinTableGiven) {
    this.name = table
    this.table = table
    this.#database = database
    this.attributes = new AttributeList({
      ...columns,
      [OWNER]: newColumn(ownerSide.type, ownerColumn),
      [TARGET]: newColumn(targetSide.type, targetColumn),
    })
    this.ownerKey = this.attributes.get(OWNER, table)
    this.targetKey = this.attributes.get(TARGET, table)
    this.own = [...this.attributes].filter(({ name }) => name !== OWNER && name !== TARGET)
  }

  get database(): Database {
    return this.#database()
  }
}

export interface JoinTableGiven {
  readonly table: string
  readonly ownerSide: Attribute
  readonly targetSide: Attribute
  readonly ownerColumn: string
  readonly targetColumn: string
  readonly columns: Columns
  readonly database: () => Database
}

// No attribute that a program declares is called so.
const OWNER = 'key of the owner'
const TARGET = 'key of the other'

const NoRecord = class {
  constructor() {
    throw new TypeError('a link is no record')
  }
} as unknown as ModelClass

/** The customary names of the parts of a table of links. */
export const customary = {
  table: (one: string, other: string) => [one, other].sort().join('_'),
  column: keyColumn,
}
