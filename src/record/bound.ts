import type { Definition } from './contract.ts'
import type { Database } from './database.ts'
import { definitionOf, setDatabase } from './define.ts'

const ORIGIN: unique symbol = Symbol('origin')

/** A class that was made to be used on another database. */
interface Bound {
  readonly [ORIGIN]?: object
}

type AnyClass = new (...given: unknown[]) => object

const bound = new WeakMap<Database, WeakMap<object, object>>()

/** The same class on that database: a subclass, the same one each time. */
export function boundTo<M extends object>(model: M, database: Database): M {
  const origin = originOf(model)
  const known = bound.get(database) ?? new WeakMap<object, object>()
  bound.set(database, known)
  const made = known.get(origin) ?? bind(origin as AnyClass, database)
  known.set(origin, made)
  return made as M
}

/** The class as it was written. */
export function originOf(model: object): object {
  return (model as Bound)[ORIGIN] ?? model
}

/** What is known of the model that a relation leads to: on the same database as the one it comes from. */
export function relatedDefinition(owner: Definition, model: object): Definition {
  const isBound = ORIGIN in owner.model
  return definitionOf(isBound ? boundTo(model, owner.database) : model)
}

function bind(origin: AnyClass, database: Database): object {
  definitionOf(origin)
  const made = class extends origin {}
  Object.defineProperty(made, 'name', { value: origin.name, configurable: true })
  Object.defineProperty(made, ORIGIN, { value: origin })
  setDatabase(made, database)
  return made
}
