import { definitionOf } from '../define.ts'
import { type Plan, wholeTable } from './plan.ts'

const SCOPES: unique symbol = Symbol('scopes')

/** Narrows what all queries of a model mean. */
export type Scope = (plan: Plan) => Plan

interface Scoped {
  readonly [SCOPES]?: readonly Scope[]
}

/** From now on queries of a model, and of the models that inherit from it, mean only what this scope leaves. */
export function addDefaultScope(model: object, scope: Scope): void {
  const inherited = (model as Scoped)[SCOPES] ?? []
  Object.defineProperty(model, SCOPES, { value: [...inherited, scope], configurable: true })
}

/** Whether a model has a default scope. */
export function isScoped(model: object): boolean {
  return (model as Scoped)[SCOPES] !== undefined
}

/** What a query of a model means from the start. */
export function scopedTable(model: object): Plan {
  const scopes = (model as Scoped)[SCOPES] ?? []
  return scopes.reduce((plan, scope) => scope(plan), wholeTable(definitionOf(model)))
}
