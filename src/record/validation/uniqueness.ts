import { describe, invalidOption } from '../../contract/checks.ts'
import { UnsupportedValueError } from '../../contract/errors.ts'
import { sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import { storedValue } from '../attributes.ts'
import { relatedDefinition } from '../bound.ts'
import type { Columns } from '../columns/column.ts'
import { DEFINITION, type Definition, STATUS, type Stateful } from '../contract.ts'
import { Group } from '../query/groups.ts'
import { eq } from '../query/operators.ts'
import { wholeTable } from '../query/plan.ts'
import { Query } from '../query/query.ts'
import { split } from './attribute-rule.ts'
import {
  type AttributeRule,
  addProblem,
  type Checking,
  COMMON,
  checkConditions,
  checkFlag,
  checkMessage,
  type RuleOptions,
} from './rule.ts'
import { NOT_READ, readOwn } from './values.ts'

export interface UniquenessOptions<R, K extends string = string> extends RuleOptions<R> {
  /** Only among rows that are the same in these. */
  readonly scope?: K | readonly K[]
  /** With false, `Ann` and `ann` are the same: as the database's `lower` says, which for SQLite means ASCII. */
  readonly caseSensitive?: boolean
}

/** No other row has the value. */
export interface UniquenessRule extends AttributeRule {
  readonly scope: readonly string[]
  /** Adds that a value is taken. */
  taken(checking: Checking, name: string): void
}

/** The rule; rows of subclasses of `model` count, too. */
export function uniqueness(model: object, given: readonly unknown[]): UniquenessRule {
  const known = ['scope', 'caseSensitive']
  const { names, options } = split<UniquenessOptions<never>>('uniqueness', given, [...COMMON, ...known])
  const scope = checkScope(options.scope)
  const foldCase = options.caseSensitive !== undefined && !checkFlag('caseSensitive', options.caseSensitive)
  const message = checkMessage(options)
  const taken = (checking: Checking, name: string) => {
    const told = { attribute: name, rule: 'uniqueness', text: 'is not unique.', options: { scope } }
    addProblem(checking, told, message)
  }
  return {
    names,
    scope,
    conditions: checkConditions(options),
    taken,
    async check(checking) {
      const { record } = checking
      const within = relatedDefinition(record[DEFINITION], model)
      const found = await Promise.allSettled(names.map((name) => isTaken(record, within, { name, scope, foldCase })))
      for (const [at, one] of found.entries()) {
        if (one.status === 'rejected') throw one.reason
        if (one.value) taken(checking, names[at] as string)
      }
    },
  }
}

interface Wanted {
  readonly name: string
  readonly scope: readonly string[]
  readonly foldCase: boolean
}

async function isTaken(record: Stateful, within: Definition, { name, scope, foldCase }: Wanted): Promise<boolean> {
  const { attributes, name: owner } = within
  const attribute = attributes.get(name, owner)
  const value = readOwn(record, name)
  // Null is never the same as null.
  if (value === NOT_READ || value === null) return false
  const same = scope.map((one) => [attributes.get(one, owner).name, eq(readOwn(record, one) as never)] as const)
  if (same.some(([one]) => readOwn(record, one) === NOT_READ)) return false
  const folded = foldCase && typeof value === 'string'
  try {
    let query: Query<Stateful, Columns> = new Query(wholeTable(within))
    query = query.where(folded ? sameText(within, attribute, value) : { [name]: eq(value as never) })
    if (same.length > 0) query = query.where(Object.fromEntries(same))
    if (record[STATUS] !== 'new') query = query.where(new Group('not', [ownKey(record)]))
    return await query.exists()
  } catch (error) {
    // What the column does not take no row can have. Saving says what is wrong with it.
    if (error instanceof UnsupportedValueError && error.code === 'ATTRIBUTE_VALUE') return false
    throw error
  }
}

function sameText({ table }: Definition, { column }: Attribute, value: string) {
  return sql`lower(${sql.id(table, column)}) = lower(${value})`
}

function ownKey(record: Stateful): Record<string, unknown> {
  const { key } = record[DEFINITION].attributes
  return Object.fromEntries(key.map((attribute) => [attribute.name, storedValue(record, attribute)]))
}

function checkScope(scope: unknown): readonly string[] {
  const names = scope === undefined ? [] : typeof scope === 'string' ? [scope] : scope
  if (Array.isArray(names) && names.every((name) => typeof name === 'string')) return names
  throw invalidOption(TypeError, `scope must be names of attributes, not ${describe(scope)}`)
}
