import { describe, ownOptions } from '../../contract/checks.ts'
import { readAttribute } from '../attributes.ts'
import { isStandardSchema, issueText, type SchemaIssue, type StandardSchema } from '../columns/standard-schema.ts'
import { DEFINITION, LEFT_OUT, SLOTS, type Stateful } from '../contract.ts'
import { modelError } from '../errors.ts'
import { addProblem, type Checking, type Conditions, checkConditions, type Rule } from './rule.ts'
import { NOT_READ, readValue } from './values.ts'

/** The rule that asks a Standard Schema: of a whole record, or of one attribute. */
export function schemaRule(given: readonly unknown[]): Rule {
  const [name, rest] = typeof given[0] === 'string' ? [given[0], given.slice(1)] : [null, given]
  const [schema, options = {}] = rest
  if (!isStandardSchema(schema)) {
    const message = `validatesSchema takes a Standard Schema (zod, valibot, arktype, ...), not ${describe(schema)}`
    throw modelError('INVALID_VALIDATION', message)
  }
  const conditions = checkConditions(ownOptions(options as Conditions<never>, ['if', 'unless', 'on'], 'a schema'))
  const check = name === null ? (of: Checking) => checkWhole(of, schema) : (of: Checking) => checkOne(of, name, schema)
  return { conditions, check }
}

async function checkOne(checking: Checking, name: string, schema: StandardSchema): Promise<void> {
  const value = readValue(checking.record, name)
  if (value === NOT_READ) return
  const { issues = [] } = await schema['~standard'].validate(value)
  for (const issue of issues) add(checking, name, issue)
}

async function checkWhole(checking: Checking, schema: StandardSchema): Promise<void> {
  const { issues = [] } = await schema['~standard'].validate(valuesOf(checking.record))
  for (const { message, path = [] } of issues) {
    const [first, ...inside] = path
    const key = typeof first === 'object' ? first.key : first
    add(checking, key === undefined ? null : String(key), { message, path: inside })
  }
}

function add(checking: Checking, attribute: string | null, issue: SchemaIssue): void {
  addProblem(checking, { attribute, rule: 'schema', text: issueText(issue), options: {} }, undefined)
}

// What was never given is missing, so that what a schema calls optional may be.
function valuesOf(record: Stateful): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const attribute of record[DEFINITION].attributes) {
    const slot = record[SLOTS][attribute.index]
    if (slot === undefined || slot === LEFT_OUT) continue
    Object.defineProperty(values, attribute.name, {
      value: readAttribute(record, attribute),
      enumerable: true,
      configurable: true,
      writable: true,
    })
  }
  return values
}
