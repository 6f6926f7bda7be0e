import { describe } from '../../contract/checks.ts'
import type { Attribute } from '../attribute-list.ts'
import { relatedDefinition } from '../bound.ts'
import type { Definition, Includes, Key, Relation, Slot, Stateful } from '../contract.ts'
import { STATUS } from '../contract.ts'
import { modelError } from '../errors.ts'
import { scopedTable } from '../query/scopes.ts'
import { selectRecords } from '../query/select.ts'
import { loadSchema } from '../schema/load.ts'
import { chunksOf } from './chunks.ts'
import { equalToAny } from './conditions.ts'
import { titleOf, wrongRelation } from './errors.ts'
import { distinctRaws, keyOfRaw, rawOf } from './key.ts'
import { isKin, namesOf } from './lineage.ts'
import { keepLoaded } from './loaded.ts'
import { keyStem, singleKey } from './names.ts'
import { fieldOf } from './relation.ts'
import { strictnessOf } from './strict.ts'
import { fitting } from './translate.ts'

export interface BelongsToAnyGiven {
  readonly foreignKey?: string
  readonly foreignType?: string
}

/** Classes by the words that stand for them in the database; in a list each stands by its name. */
export type GivenClasses = readonly object[] | { readonly [type: string]: object }

/** The owner has the key of a record of one of several models, and the name of that model. */
export class BelongsToAnyRelation implements Relation {
  readonly owner: Definition
  readonly many = false
  readonly #given: BelongsToAnyGiven
  readonly #classes: () => GivenClasses
  #types: ReadonlyMap<string, Definition> | null = null
  #name: string | null = null

  constructor(owner: Definition, classes: () => GivenClasses, given: BelongsToAnyGiven) {
    this.owner = owner
    this.#classes = classes
    this.#given = given
  }

  get name(): string {
    this.#name ??= fieldOf(this)
    return this.#name
  }

  get target(): Definition {
    throw wrongRelation(this, 'it leads to records of several models, which no single query can find')
  }

  /** The models that it may lead to, by what stands for them in the database. */
  get types(): ReadonlyMap<string, Definition> {
    this.#types ??= typesOf(this, this.#classes)
    return this.#types
  }

  get targets(): readonly Definition[] {
    return [...this.types.values()]
  }

  get idSide(): Attribute {
    const { owner, name } = this
    return this.#side(owner, this.#given.foreignKey, [`${name}Id`, `${keyStem(name)}_id`])
  }

  get typeSide(): Attribute {
    const { owner, name } = this
    return this.#side(owner, this.#given.foreignType, [`${name}Type`, `${keyStem(name)}_type`])
  }

  #side({ attributes, name }: Definition, named: string | undefined, customary: readonly [string, string]): Attribute {
    if (named !== undefined) return attributes.get(named, name)
    return attributes.find(customary[0]) ?? attributes.find(customary[1]) ?? attributes.get(customary[0], name)
  }

  /** What stands in the database for the class of these records. */
  typeOf(definition: Definition): string {
    const names = namesOf(definition)
    const kin = [...this.types].filter(([, target]) => isKin(target, definition))
    const [type] = kin.find(([, { name }]) => names.includes(name)) ?? kin[0] ?? []
    if (type !== undefined) return type
    throw modelError('WRONG_RECORD', `${titleOf(this)} takes records of ${this.wanted}, not of ${definition.name}`)
  }

  get wanted(): string {
    return [...this.types.values()].map(({ name }) => name).join(', ')
  }

  keyOf(owner: Stateful): Key | null {
    const [type, id] = [rawOf(owner, this.typeSide), rawOf(owner, this.idSide)]
    return type === null || id === null ? null : `${type} ${keyOfRaw(id)}`
  }

  async load(given: readonly Stateful[], includes: Includes): Promise<void> {
    const owners = given.filter((owner) => owner[STATUS] === 'stored')
    const byType = Map.groupBy(owners, (owner) => (this.keyOf(owner) === null ? null : rawOf(owner, this.typeSide)))
    const strict = strictnessOf(owners)
    for (const [type, some] of byType) {
      if (type === null) for (const owner of some) keepLoaded(owner, this, [])
      else await this.#loadType(this.#typed(type), some, includes, strict)
    }
  }

  async #loadType(target: Definition, owners: readonly Stateful[], includes: Includes, strict: boolean): Promise<void> {
    await loadSchema(target)
    const key = singleKey(target)
    const { idSide } = this
    const idOf = (owner: Stateful) => fitting(rawOf(owner, idSide), idSide, key)
    const byKey = new Map<Key | null, Stateful>()
    const known = new Map([...includes].filter(([name]) => target.relations.has(name)))
    for (const values of chunksOf(target.database, distinctRaws(owners.map(idOf)))) {
      const whole = scopedTable(target.model)
      const plan = strict ? { ...whole, strict } : whole
      const records = await selectRecords({
        ...plan,
        conditions: [...plan.conditions, equalToAny(key, values)],
        includes: known,
      })
      for (const record of records) byKey.set(keyOfRaw(rawOf(record, key)), record)
    }
    for (const owner of owners) {
      const found = byKey.get(keyOfRaw(idOf(owner)))
      keepLoaded(owner, this, found ? [found] : [])
    }
  }

  #typed(type: Slot): Definition {
    const definition = this.types.get(String(type))
    if (definition) return definition
    const known = [...this.types.keys()].join(', ')
    throw wrongRelation(this, `a row has the type ${JSON.stringify(String(type))}, and it knows ${known}`)
  }
}

function typesOf(relation: Relation, classes: () => GivenClasses): ReadonlyMap<string, Definition> {
  const given: unknown = typeof classes === 'function' ? classes() : undefined
  if (typeof given !== 'object' || given === null) {
    throw wrongRelation(
      relation,
      `the models are given by a function: () => [User, Picture], not as ${describe(given)}`,
    )
  }
  const pairs = Array.isArray(given)
    ? given.map(
        (model) => [relatedDefinition(relation.owner, model).name, relatedDefinition(relation.owner, model)] as const,
      )
    : Object.entries(given).map(([type, model]) => [type, relatedDefinition(relation.owner, model)] as const)
  const types = new Map(pairs)
  if (types.size === pairs.length && types.size > 0) return types
  throw wrongRelation(
    relation,
    'two of its models have one name: give them as an object by the words that stand for them',
  )
}
