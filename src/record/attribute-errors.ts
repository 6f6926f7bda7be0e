import { UnsupportedValueError } from '../contract/errors.ts'
import type { Attribute } from './attribute-list.ts'
import type { Misfit } from './columns/type.ts'
import { DEFINITION, type Stateful } from './contract.ts'
import { LeftOutError, type ModelError, modelError } from './errors.ts'

/** The value does not fit the column. What somebody else says of a secret may hold it. */
export function misfits(owner: string, { name, column, settings }: Attribute, misfit: Misfit): UnsupportedValueError {
  const { cause } = misfit
  const message = settings.secret ? 'is not a value that its column takes, or has' : misfit.message
  return new UnsupportedValueError(`${owner}.${name} ${message}`, {
    code: 'ATTRIBUTE_VALUE',
    kind: 'value',
    columns: [column],
    ...(cause === undefined || settings.secret ? {} : { cause }),
  })
}

/** The attribute is given once, and the record is stored. */
export function immutable(record: Stateful, { name, settings }: Attribute): ModelError {
  const { name: owner } = record[DEFINITION]
  const what = settings.primaryKey ? 'the key' : 'immutable'
  return modelError('IMMUTABLE_ATTRIBUTE', `${owner}.${name} is ${what}: it cannot be changed once the record is saved`)
}

export function undefinedValue(record: Stateful, { name, column }: Attribute): UnsupportedValueError {
  const message = `${record[DEFINITION].name}.${name} cannot be undefined: null stands for no value`
  return new UnsupportedValueError(message, { code: 'ATTRIBUTE_VALUE', kind: 'value', columns: [column] })
}

/** The query that gave the record did not ask for the attribute. */
export function leftOut(record: Stateful, { name }: Attribute): LeftOutError {
  const { name: owner } = record[DEFINITION]
  const message = `${owner}.${name} was not read: the query that gave this record selected other attributes; reload() reads all`
  return new LeftOutError(message, { code: 'ATTRIBUTE_LEFT_OUT', kind: 'usage' })
}
