import { describe } from '../../contract/checks.ts'
import type { Attribute } from '../attribute-list.ts'
import type { ColumnSettings } from '../columns/column.ts'
import { Misfit } from '../columns/type.ts'
import { Boxed, DEFINITION, SLOTS, type Stateful } from '../contract.ts'
import { modelError } from '../errors.ts'
import { split } from './attribute-rule.ts'
import { type AttributeRule, addProblem, type Checking, COMMON, checkConditions, type RuleOptions } from './rule.ts'

/** The rule that values must be such as their columns take: what saving would throw one by one is told together. */
export function columnsRule(given: readonly unknown[]): AttributeRule {
  const wanted = given.some((one) => typeof one === 'string')
  if (!wanted && given.length > 1) {
    throw modelError('INVALID_VALIDATION', `validatesColumns takes names of attributes, not ${describe(given[0])}`)
  }
  // Without names there are only options, or nothing at all.
  const { names, options } = split<RuleOptions<never>>('columns', wanted ? given : ['', ...given], COMMON)
  return {
    names: wanted ? names : [],
    conditions: checkConditions(options),
    check(checking) {
      const { attributes, name: owner } = checking.record[DEFINITION]
      const all = wanted ? names.map((name) => attributes.get(name, owner)) : attributes
      for (const attribute of all) checkColumn(checking, attribute, options.message)
    },
  }
}

function checkColumn(checking: Checking, attribute: Attribute, message: RuleOptions<never>['message']): void {
  const text = misfitOf(checking.record, attribute)
  if (text !== null) addProblem(checking, { attribute: attribute.name, rule: 'column', text, options: {} }, message)
}

function misfitOf(record: Stateful, { index, type, settings }: Attribute): string | null {
  const slot = record[SLOTS][index]
  if ((slot === null || (slot === undefined && !isFilled(settings))) && !mayBeNull(settings)) return 'cannot be null.'
  if (!(slot instanceof Boxed)) return null
  try {
    type.write(slot.value)
    return null
  } catch (error) {
    if (error instanceof Misfit) return `${error.message}.`
    throw error
  }
}

function mayBeNull({ nullable, primaryKey, upkeep }: ColumnSettings): boolean {
  return nullable || primaryKey || upkeep !== null
}

/** Whether somebody gives a value where none was given. */
function isFilled(settings: ColumnSettings): boolean {
  return settings.default !== null || settings.databaseDefault !== null
}
