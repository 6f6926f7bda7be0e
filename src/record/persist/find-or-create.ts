import { describe } from '../../contract/checks.ts'
import { IntegrityError } from '../../contract/errors.ts'
import { encoded } from '../attributes.ts'
import type { Definition, Stateful } from '../contract.ts'
import { modelError } from '../errors.ts'
import { Absent, Compared, type Condition } from '../query/condition.ts'
import { type Plan, wholeTable } from '../query/plan.ts'
import { selectRecords } from '../query/select.ts'
import { ValidationError } from '../validation/validation-error.ts'

/** Makes a record and saves it. */
export type Create = () => Promise<Stateful>

/**
 * The first record with these values, or the one that `create` makes. Of several that do it at the same time one creates
 * it, and all get it, where the database lets only one of them: by a unique index, or because only one writes at a time.
 */
export async function findOrCreate(definition: Definition, by: object, create: Create): Promise<Stateful> {
  const plan = planOf(definition, by)
  const found = await firstOf(plan)
  if (found) return found
  try {
    return await definition.database.transaction(async () => (await firstOf(plan)) ?? (await create()))
  } catch (error) {
    // Somebody else was faster.
    const other = isTaken(error) ? await firstOf(latest(plan)) : null
    if (other) return other
    throw error
  }
}

// Inside a transaction MySQL goes on to read what was there when it began, unless a row is locked.
function latest(plan: Plan): Plan {
  return plan.definition.database.dialect === 'mysql' ? { ...plan, forUpdate: true } : plan
}

// A validation may have found out before the database.
function isTaken(error: unknown): boolean {
  return error instanceof ValidationError || (error instanceof IntegrityError && error.kind === 'unique')
}

async function firstOf(plan: Plan): Promise<Stateful | null> {
  const [record] = await selectRecords(plan)
  return record ?? null
}

function planOf(definition: Definition, by: object): Plan {
  const { attributes, name: owner } = definition
  if (typeof by !== 'object' || by === null || Array.isArray(by)) {
    throw modelError('INVALID_QUERY', `findOrCreate of ${owner} takes values by attribute, not ${describe(by)}`)
  }
  const table = wholeTable(definition)
  const conditions = Object.entries(by).map(([name, value]) => equals(definition, name, value))
  return {
    ...table,
    conditions: [...table.conditions, ...conditions],
    limit: 1,
    order: attributes.key.map((attribute) => ({ by: attribute, descending: false })),
  }
}

function equals({ attributes, name: owner }: Definition, name: string, value: unknown): Condition {
  const attribute = attributes.get(name, owner)
  if (value === undefined) {
    throw modelError('INVALID_QUERY', `${owner}.${name} is undefined: leave it out, or give null for no value`)
  }
  return value === null ? new Absent(attribute) : new Compared(attribute, '=', encoded(owner, attribute, value))
}
