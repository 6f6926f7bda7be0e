import { checkBoolean, NO_OPTIONS, ownOptions } from '../../contract/checks.ts'

/** How a record is deleted. */
export interface DeleteOptions {
  /** No callback is called. */
  readonly skipCallbacks?: boolean
}

/** How a record is saved. */
export interface SaveOptions extends DeleteOptions {
  /** With false nothing is validated. */
  readonly validate?: boolean
}

const USUAL: Required<SaveOptions> = { validate: true, skipCallbacks: false }

export function checkSaveOptions(options: SaveOptions): Required<SaveOptions> {
  if (options === NO_OPTIONS) return USUAL
  const { validate = true, skipCallbacks = false } = ownOptions(options, ['validate', 'skipCallbacks'], 'save')
  return {
    validate: checkBoolean('validate', validate),
    skipCallbacks: checkBoolean('skipCallbacks', skipCallbacks),
  }
}

export function checkDeleteOptions(options: DeleteOptions): Required<DeleteOptions> {
  const { skipCallbacks = false } = ownOptions(options, ['skipCallbacks'], 'delete')
  return { skipCallbacks: checkBoolean('skipCallbacks', skipCallbacks) }
}
