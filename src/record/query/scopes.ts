import { definitionOf } from '../define.ts'
import { type Plan, wholeTable } from './plan.ts'

const SCOPES: unique symbol = Symbol('scopes')
const START: unique symbol = Symbol('start')

/** Narrows what all queries of a model mean. */
export type Scope = (plan: Plan) => Plan

interface Scoped {
  readonly [SCOPES]?: readonly Scope[]
  readonly [START]?: Plan
}

/** From now on queries of a model, and of the models that inherit from it, mean only what this scope leaves. */
export function addDefaultScope(model: object, scope: Scope): void {
  const inherited = (model as Scoped)[SCOPES] ?? []
  Object.defineProperty(model, SCOPES, { value: [...inherited, scope], configurable: true })
}

/** The model as a scope sees it that was called on a query: its queries go on from there. */
export function startingAt<M extends object>(model: M, plan: Plan): M {
  return new Proxy(model, {
    get: (target, name, receiver) => (name === START ? plan : Reflect.get(target, name, receiver)),
  })
}

/** Whether queries of a model mean less than its table. */
export function isScoped(model: object): boolean {
  return (model as Scoped)[SCOPES] !== undefined || (model as Scoped)[START] !== undefined
}

/** What a query of a model means from the start. */
export function scopedTable(model: object): Plan {
  const { [START]: start, [SCOPES]: scopes = [] } = model as Scoped
  return start ?? scopes.reduce((plan, scope) => scope(plan), wholeTable(definitionOf(model)))
}
