import type { Relation } from '../contract.ts'
import { type ModelError, modelError } from '../errors.ts'

export function notLoaded({ name, owner }: Relation): ModelError {
  const message = `${owner.name}.${name} is not loaded: query with include('${name}'), or await record.${name}.load()`
  return modelError('NOT_LOADED', message)
}
