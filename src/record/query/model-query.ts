import type { Columns } from '../columns/column.ts'
import type { Definition } from '../contract.ts'
import { lineageOf } from '../define.ts'
import { PLAN } from './answers.ts'
import { merged } from './merge.ts'
import type { Plan } from './plan.ts'
import { Query } from './query.ts'
import { startingAt } from './scopes.ts'

type AnyQuery = Query<never, Columns>
type QueryClass = new (plan: Plan) => AnyQuery

const classes = new WeakMap<Definition, QueryClass>()

/** A query of what a plan means, on which the static methods of the model can be called. */
export function queryOf(plan: Plan): AnyQuery {
  const { definition } = plan
  const known = classes.get(definition) ?? queryClass(definition)
  return new known(plan)
}

function queryClass(definition: Definition): QueryClass {
  const made: QueryClass = class extends Query<never, Columns> {}
  for (const name of ownStatics(definition.model)) {
    if (name in made.prototype) continue
    Object.defineProperty(made.prototype, name, { value: scopeOf(name), configurable: true, writable: true })
  }
  classes.set(definition, made)
  return made
}

/** The names of static methods that a class and those that it extends have, beside what every model has. */
function ownStatics(model: object): readonly string[] {
  const lineage = lineageOf(model)
  const base: object = Object.getPrototypeOf(lineage.at(-1))
  const names = lineage.flatMap((at) =>
    Object.entries(Object.getOwnPropertyDescriptors(at)).flatMap(([name, { value }]) =>
      typeof value === 'function' && !(name in base) ? [name] : [],
    ),
  )
  return [...new Set(names)]
}

// The method is looked up when it is called: a subclass, or a test, may have put another one in its place.
function scopeOf(name: string) {
  return function (this: AnyQuery, ...given: unknown[]): unknown {
    const plan = this[PLAN]
    const start: Plan = { ...plan, start: Symbol(name) }
    const { model } = plan.definition
    const answer: unknown = Reflect.apply(Reflect.get(model, name), startingAt(model, start), given)
    return answer instanceof Query ? queryOf(continued(plan, start, answer[PLAN])) : answer
  }
}

// What does not go on from the query, since the method named its class, is what both ask for.
function continued(plan: Plan, { start }: Plan, answer: Plan): Plan {
  const whole = answer.start === start ? answer : merged(plan, answer)
  return { ...whole, start: plan.start }
}
