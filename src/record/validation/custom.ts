import { describe, ownOptions } from '../../contract/checks.ts'
import type { Stateful } from '../contract.ts'
import { modelError } from '../errors.ts'
import { keepStack } from '../persist/tracked.ts'
import type { RecordErrors } from './record-errors.ts'
import { type Conditions, checkConditions, type Rule } from './rule.ts'

/** A validation of one's own: it adds to `record.errors`, which it is also given. What it returns does not matter. */
export type Validator<R> = (record: R, errors: RecordErrors) => unknown

/** The rule that asks a function. */
export function custom(validator: unknown, options: Conditions<never>): Rule {
  if (typeof validator !== 'function') {
    throw modelError('INVALID_VALIDATION', `a validation is a function of the record, not ${describe(validator)}`)
  }
  const ask = validator as Validator<Stateful>
  return {
    conditions: checkConditions(ownOptions(options, ['if', 'unless', 'on'], 'a validation')),
    async check({ record, errors }) {
      try {
        await ask(record, errors)
      } catch (error) {
        keepStack(error)
        throw error
      }
    },
  }
}
