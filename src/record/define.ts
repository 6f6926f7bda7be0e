import { describe } from '../contract/checks.ts'
import type { AttributeList } from './attribute-list.ts'
import { bear } from './birth.ts'
import {
  DEFINITION,
  type Definition,
  type Inheritance,
  type ModelClass,
  type PlannedRelation,
  type Relation,
  type Stateful,
} from './contract.ts'
import type { Database } from './database.ts'
import { modelError } from './errors.ts'
import { checkIdentifier } from './names/identifier.ts'
import type { Naming } from './names/styles.ts'
import { Handle } from './relations/handle.ts'
import { runningDatabase } from './running-database.ts'
import { TableAttributes } from './table-attributes.ts'

/** What `Model(...)` was told. */
export interface Declaration {
  /** The table's name; made of the class's where none was given. */
  readonly table: string | null
  /** Its attributes; null if they are those that the table has. */
  readonly attributes: AttributeList | null
  readonly naming: Naming
}

const DECLARATION: unique symbol = Symbol('declaration')
const OWN_DEFINITION: unique symbol = Symbol('own definition')
const INHERITANCE: unique symbol = Symbol('inheritance')
const STRICT: unique symbol = Symbol('strict')
const DATABASE: unique symbol = Symbol('database')

/** The hidden static side of a class of records. */
interface Hidden {
  readonly [DECLARATION]?: Declaration
  [OWN_DEFINITION]?: ModelDefinition
  [INHERITANCE]?: Inheritance
  [STRICT]?: boolean
  [DATABASE]?: Database
  readonly name: string
  readonly prototype: object
  readonly tableName?: unknown
}

class ModelDefinition implements Definition {
  readonly model: ModelClass
  readonly attributes: AttributeList
  readonly planned: PlannedRelation[] = []
  readonly #declaration: Declaration
  #name: string | null = null
  #table: string | null = null
  #relations: ReadonlyMap<string, Relation> | null = null

  constructor(model: Hidden, declaration: Declaration) {
    this.model = model as ModelClass
    this.#declaration = declaration
    this.attributes = declaration.attributes ?? new TableAttributes(this, model.prototype, declaration.naming)
  }

  // The name of a function is slow to ask for, and every attribute that is read or written would.
  get name(): string {
    this.#name ??= this.model.name
    return this.#name
  }

  // Worked out when first asked for: a static block of the class runs before all its static fields are there.
  get table(): string {
    this.#table ??= checkIdentifier(`the name of the table of ${this.name || 'this model'}`, this.#tableName())
    return this.#table
  }

  #tableName(): unknown {
    const given = staticName(this.model) ?? this.#declaration.table
    if (given !== null) return given
    const { name } = namedBy(this.model)
    if (name) return this.#declaration.naming.table(name)
    throw modelError('INVALID_MODEL', "a class without a name needs its table's: Model('users', {...})")
  }

  get relations(): ReadonlyMap<string, Relation> {
    this.#relations ??= relationsByField(this)
    return this.#relations
  }

  get inheritance(): Inheritance | null {
    return (this.model as Hidden)[INHERITANCE] ?? null
  }

  get strict(): boolean {
    return (this.model as Hidden)[STRICT] ?? false
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

// What `static tableName = 'people'` says. The class that Model(...) gave has an accessor of that name.
function staticName(model: object): unknown {
  for (let at = model; at && !Object.hasOwn(at, DECLARATION); at = Object.getPrototypeOf(at)) {
    const own = Object.getOwnPropertyDescriptor(at, 'tableName')
    if (own) return own.value
  }
  return null
}

// Classes that share a table share the name of the one that says so.
function namedBy(model: ModelClass): { readonly name: string } {
  for (let at: ModelClass = model; at; at = Object.getPrototypeOf(at)) if (Object.hasOwn(at, INHERITANCE)) return at
  return model
}

/** Writes down what a class was declared with. */
export function declare(model: object, declaration: Declaration): void {
  if (declaration.table !== null) checkIdentifier('the name of the table', declaration.table)
  Object.defineProperty(model, DECLARATION, { value: declaration })
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
  const definition = new ModelDefinition(hidden, declaration)
  Object.defineProperty(hidden, OWN_DEFINITION, { value: definition, configurable: true })
  Object.defineProperty(hidden.prototype, DEFINITION, { value: definition, configurable: true })
  return definition
}

/** A class of records and those that it extends, up to the one that extends `Model(...)`. */
export function lineageOf(model: object): readonly [{ readonly name: string }, ...{ readonly name: string }[]] {
  const own = model as Hidden
  const lineage: [Hidden, ...Hidden[]] = [own]
  for (let at = parentOf(own); at && !Object.hasOwn(at, DECLARATION); at = parentOf(at)) lineage.push(at)
  return lineage
}

function parentOf(model: object): Hidden | null {
  return Object.getPrototypeOf(model)
}

// Fields exist on records only: the first one tells which there are. It is none that a program made, so that no
// default is asked for.
function relationsByField(definition: Definition): ReadonlyMap<string, Relation> {
  const fields = Object.entries(bear(definition.model, [], null))
  checkFields(definition, fields)
  const handles = fields.filter((field): field is [string, Handle] => field[1] instanceof Handle)
  const relations = new Map(handles.map(([name, { relation }]) => [name, relation]))
  const kept = new Set(relations.values())
  if (definition.planned.every(({ relation }) => kept.has(relation))) return relations
  throw modelError('INVALID_MODEL', `a field of ${definition.name} hides a relation: give one of them another name`)
}

/** Throws if a field of the class hides what its records have. */
export function checkModel(definition: Definition): void {
  checkFields(definition, Object.entries(bear(definition.model, [], null)))
}

function checkFields({ name: owner, attributes, model }: Definition, fields: readonly [string, unknown][]): void {
  const base = Object.getPrototypeOf(model.prototype as object) as Stateful
  for (const [name] of fields) {
    if (attributes.find(name)) {
      const mend = 'a column needs no field; a value of its own needs another name'
      throw modelError('INVALID_MODEL', `the field ${name} of ${owner} hides its column: ${mend}`)
    }
    if (name in base && typeof Reflect.get(base, name) === 'function') {
      throw modelError(
        'INVALID_MODEL',
        `the field ${name} of ${owner} hides the method of records: give it another name`,
      )
    }
  }
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

/** Whether records of a class, and of those that extend it, load nothing by themselves. */
export function setStrict(model: object, strict: boolean): void {
  Object.defineProperty(model, STRICT, { value: strict, configurable: true })
}

/** Several classes that extend this one share its table. */
export function setInheritance(model: object, inheritance: Inheritance): void {
  Object.defineProperty(model, INHERITANCE, { value: inheritance, configurable: true })
}
