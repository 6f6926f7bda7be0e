import { describe } from '../contract/checks.ts'
import { AttributeList } from './attribute-list.ts'
import type { Columns } from './columns/column.ts'
import type { Definition, ModelClass, Relation } from './contract.ts'
import type { Database } from './database.ts'
import { modelError } from './errors.ts'
import { Handle } from './relations/handle.ts'
import { runningDatabase } from './running-database.ts'

/** What `Model(...)` was told. */
export interface Declaration {
  readonly table: string
  readonly attributes: AttributeList
}

const DECLARATION: unique symbol = Symbol('declaration')
const OWN_DEFINITION: unique symbol = Symbol('own definition')
const DATABASE: unique symbol = Symbol('database')

/** The hidden static side of a class of records. */
interface Hidden {
  readonly [DECLARATION]?: Declaration
  [OWN_DEFINITION]?: ModelDefinition
  [DATABASE]?: Database
  readonly name: string
}

class ModelDefinition implements Definition {
  readonly model: ModelClass
  readonly table: string
  readonly attributes: AttributeList
  readonly planned: Relation[] = []
  #relations: ReadonlyMap<string, Relation> | null = null

  constructor(model: ModelClass, { table, attributes }: Declaration) {
    this.model = model
    this.table = table
    this.attributes = attributes
  }

  get name(): string {
    return this.model.name
  }

  get relations(): ReadonlyMap<string, Relation> {
    this.#relations ??= relationsByField(this)
    return this.#relations
  }

  get database(): Database {
    const database = databaseOrNull(this.model)
    if (database) return database
    throw modelError(
      'NO_DATABASE',
      `${this.name} belongs to no database yet: connect(pool, [${this.name}]) gives it one`,
    )
  }
}

/** Writes down what a class was declared with. */
export function declare(model: object, table: string, columns: Columns): Declaration {
  const declaration = { table, attributes: new AttributeList(columns) }
  Object.defineProperty(model, DECLARATION, { value: declaration })
  return declaration
}

// Most records that are made one after the other are of one class.
let latest: Hidden | null = null
let latestDefinition: ModelDefinition | null = null

/** What is known of a class of records. */
export function definitionOf(model: object): Definition {
  const hidden = model as Hidden
  if (hidden === latest && latestDefinition) return latestDefinition
  if (typeof model !== 'function')
    throw modelError('INVALID_MODEL', `a model is a class that extends Model(...), not ${describe(model)}`)
  const definition = Object.hasOwn(hidden, OWN_DEFINITION) ? hidden[OWN_DEFINITION] : undefined
  latestDefinition = definition ?? define(hidden)
  latest = hidden
  return latestDefinition
}

function define(hidden: Hidden): ModelDefinition {
  const declaration = hidden[DECLARATION]
  if (!declaration) throw modelError('INVALID_MODEL', `${hidden.name} is no model: it must extend Model(...)`)
  const definition = new ModelDefinition(hidden as ModelClass, declaration)
  Object.defineProperty(hidden, OWN_DEFINITION, { value: definition, configurable: true })
  return definition
}

// Fields exist on records only: the first one tells which there are.
function relationsByField({ model }: Definition): ReadonlyMap<string, Relation> {
  const fields = Object.entries(new model())
  const handles = fields.filter((field): field is [string, Handle] => field[1] instanceof Handle)
  return new Map(handles.map(([name, { relation }]) => [name, relation]))
}

/** The database that was given to this very class, if any was. */
export function ownDatabase(model: object): Database | undefined {
  return Object.hasOwn(model, DATABASE) ? (model as Hidden)[DATABASE] : undefined
}

/** The database of a model, or null. Inherited through the classes: one that was connected counts for its subclasses. */
export function databaseOrNull(model: object): Database | null {
  return (model as Hidden)[DATABASE] ?? (runningDatabase() as Database | undefined) ?? null
}

/** Gives a class of records, and those that inherit from it, a database. */
export function setDatabase(model: object, database: Database): void {
  Object.defineProperty(model, DATABASE, { value: database, configurable: true })
}
