import { describe } from '../../contract/checks.ts'
import { originOf } from '../bound.ts'
import {
  DEFINITION,
  type Definition,
  type Key,
  type ModelClass,
  type Relation,
  type Slot,
  type Stateful,
} from '../contract.ts'
import { isStateful, memberMustHaveRow, otherDatabase, wrongMember, wrongRelation } from './errors.ts'
import { keyOfRaw, rawOf } from './key.ts'
import { singleKey } from './names.ts'

/** A record that can be related, after it was checked: of this model and database, and with a row. */
export function checkedMember(relation: Relation, target: Definition, given: unknown): Stateful {
  if (!isStateful(given)) throw wrongMember(relation, target.name, given)
  if (!(given instanceof (originOf(target.model) as ModelClass))) throw wrongMember(relation, target.name, given)
  const { database } = given[DEFINITION]
  if (database !== target.database && database.pool !== target.database.pool) throw otherDatabase(relation, target)
  memberMustHaveRow(given, relation)
  return given
}

/** Records that can be related by what their rows are known by, each row once. */
export class Members {
  readonly #records = new Map<Key, Stateful[]>()
  readonly #raws = new Map<Key, Slot>()

  constructor(relation: Relation, target: Definition, given: unknown) {
    if (!Array.isArray(given)) throw wrongRelation(relation, `it takes a list of records, not ${describe(given)}`)
    const side = singleKey(target)
    for (const one of given) {
      const record = checkedMember(relation, target, one)
      const raw = rawOf(record, side)
      const key = keyOfRaw(raw) as Key
      this.#raws.set(key, raw)
      const same = this.#records.get(key)
      // Two objects may stand for one row: both are to know of what becomes of it.
      if (!same) this.#records.set(key, [record])
      else if (!same.includes(record)) same.push(record)
    }
  }

  get size(): number {
    return this.#raws.size
  }

  has(raw: Slot): boolean {
    return this.#raws.has(keyOfRaw(raw) as Key)
  }

  /** What the database has for their keys. */
  get raws(): Slot[] {
    return [...this.#raws.values()]
  }

  /** Every object that was given, in order. */
  get all(): Stateful[] {
    return [...this.#records.values()].flat()
  }

  /** One for each row, in order. */
  get distinct(): Stateful[] {
    return [...this.#records.values()].map(([first]) => first as Stateful)
  }

  /** Whether this record's row is one of theirs. */
  includes(record: Stateful): boolean {
    return this.has(rawOf(record, singleKey(record[DEFINITION])))
  }
}
