import { describe } from '../contract/checks.ts'
import type { Value } from '../contract/value.ts'
import type { Attribute } from './attribute-list.ts'
import { originOf, relatedDefinition } from './bound.ts'
import { type Definition, type Inheritance, LEFT_OUT, type ModelClass, type Slot } from './contract.ts'
import { definitionOf, lineageOf } from './define.ts'
import { modelError } from './errors.ts'
import { Among } from './query/among.ts'
import type { Condition } from './query/condition.ts'

/** Classes by the words that stand for them in the database; in a list each stands by its name. */
export type GivenClasses = readonly object[] | { readonly [type: string]: object }

/** One table has the rows of several classes: an attribute tells of which each is. */
export class TableInheritance implements Inheritance {
  readonly #base: object
  readonly #attribute: string
  readonly #classes: () => GivenClasses
  readonly #models = new WeakMap<Definition, ReadonlyMap<Slot, ModelClass>>()
  #types: ReadonlyMap<string, object> | null = null

  constructor(base: object, attribute: string, classes: () => GivenClasses) {
    this.#base = base
    this.#attribute = attribute
    this.#classes = classes
  }

  conditionsFor(definition: Definition): readonly Condition[] {
    if (originOf(definition.model) === this.#base) return []
    const lineage = (model: object) => lineageOf(model) as readonly object[]
    const types = [...this.#known].filter(([, model]) => lineage(model).includes(originOf(definition.model)))
    if (types.length === 0) throw this.#unlisted(definition)
    const words = types.map(([type]) => type)
    return [new Among(this.#side(definition), words)]
  }

  modelOf(definition: Definition, slots: readonly Slot[]): ModelClass {
    const type = slots[this.#side(definition).index]
    if (type === LEFT_OUT) return definition.model
    const models = this.#models.get(definition) ?? this.#modelsOf(definition)
    this.#models.set(definition, models)
    const model = models.get(type)
    if (model) return model
    const known = [...this.#known.keys()].join(', ')
    const message = `a row of ${definition.table} has the ${this.#attribute} ${JSON.stringify(String(type))}, and ${this.#baseName} knows ${known}`
    throw modelError('INVALID_MODEL', message)
  }

  typeOf(definition: Definition): readonly [Attribute, Value] {
    const side = this.#side(definition)
    const origin = originOf(definition.model)
    const [type] = [...this.#known].find(([, model]) => model === origin) ?? []
    if (type !== undefined) return [side, type]
    if (origin === this.#base) return [side, side.settings.nullable ? null : this.#baseName]
    throw this.#unlisted(definition)
  }

  get #known(): ReadonlyMap<string, object> {
    this.#types ??= this.#read()
    return this.#types
  }

  get #baseName(): string {
    return definitionOf(this.#base).name
  }

  #read(): ReadonlyMap<string, object> {
    const given: unknown = this.#classes()
    if (typeof given !== 'object' || given === null) {
      throw modelError(
        'INVALID_MODEL',
        `the classes that extend ${this.#baseName} are given by a function, () => [Car], not as ${describe(given)}`,
      )
    }
    const pairs = Array.isArray(given)
      ? given.map((model) => [definitionOf(model).name, model] as const)
      : Object.entries(given as Readonly<Record<string, object>>)
    for (const [, model] of pairs) {
      if ((lineageOf(model) as readonly object[]).includes(this.#base)) continue
      throw modelError('INVALID_MODEL', `${definitionOf(model).name} does not extend ${this.#baseName}`)
    }
    const types = new Map(pairs)
    if (types.size === pairs.length) return types
    throw modelError(
      'INVALID_MODEL',
      `two classes that extend ${this.#baseName} have one name: give them as an object by the words that stand for them`,
    )
  }

  // Also those that extend the class of a query: each row has its own.
  #modelsOf(definition: Definition): ReadonlyMap<Slot, ModelClass> {
    const own = (model: object) => relatedDefinition(definition, model).model
    const base: [Slot, ModelClass][] = [null, undefined, this.#baseName].map((type) => [type, own(this.#base)])
    return new Map([...base, ...[...this.#known].map(([type, model]): [Slot, ModelClass] => [type, own(model)])])
  }

  #side({ attributes, name }: Definition): Attribute {
    return attributes.get(this.#attribute, name)
  }

  #unlisted({ name }: Definition): Error {
    return modelError(
      'INVALID_MODEL',
      `${name} shares the table of ${this.#baseName}, which does not name it in inheritsBy(...)`,
    )
  }
}
