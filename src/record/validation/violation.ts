import { IntegrityError } from '../../contract/errors.ts'
import { DEFINITION, type Definition, type Stateful } from '../contract.ts'
import { describeTable } from '../schema/describe.ts'
import { collecting } from './errors-of.ts'
import { apply, type Checking } from './rule.ts'
import { rules } from './rules.ts'
import type { UniquenessRule } from './uniqueness.ts'
import { ValidationError } from './validation-error.ts'

/**
 * What a write is to throw whose database found a value that is taken: where a rule says that the value must be unique, the
 * very error that the rule would have given, had nobody been quicker. Any other error is given back as it is.
 */
export async function asValidationError(record: Stateful, error: unknown): Promise<unknown> {
  if (!(error instanceof IntegrityError) || error.kind !== 'unique') return error
  const definition = record[DEFINITION]
  if (error.table !== undefined && error.table !== definition.table) return error
  const unique = rules.of(definition.model).filter(isUniqueness)
  if (unique.length === 0) return error
  const columns = await columnsOf(definition, error)
  const errors = await collecting(record, async (found) => {
    const checking: Checking = { record, errors: found, together: new Set([record]) }
    if (columns.length > 0) addTaken(unique, definition, columns, checking)
    // An index on an expression does not tell its columns: ask again.
    else for (const rule of unique) await apply(rule, checking)
  })
  return errors.isEmpty() ? error : new ValidationError(record, errors, { cause: error })
}

/** Whether the database may find out what a rule of the model did not. */
export function hasUniqueness({ model }: Definition): boolean {
  return rules.of(model).some(isUniqueness)
}

// Servers name the index, and not what it is on.
async function columnsOf(definition: Definition, { columns, constraint }: IntegrityError): Promise<readonly string[]> {
  if (columns?.length || constraint === undefined) return columns ?? []
  const table = await describeTable(definition.database, definition.table)
  const index = table?.indexes.find(({ name }) => name === constraint)
  return index?.columns.every((column) => column !== null) ? (index.columns as string[]) : []
}

function addTaken(
  unique: readonly UniquenessRule[],
  definition: Definition,
  columns: readonly string[],
  checking: Checking,
): void {
  for (const rule of unique) {
    for (const name of rule.names) {
      if (
        isSame(
          [name, ...rule.scope].map((one) => columnOf(definition, one)),
          columns,
        )
      )
        rule.taken(checking, name)
    }
  }
}

function columnOf({ attributes }: Definition, name: string): string {
  return attributes.find(name)?.column ?? name
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return new Set([...a, ...b]).size === b.length && a.length === b.length
}

function isUniqueness(rule: object): rule is UniquenessRule {
  return 'taken' in rule
}
