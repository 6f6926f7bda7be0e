import { describe, invalidOption, ownOptions } from '../../contract/checks.ts'
import { modelError } from '../errors.ts'
import { addCallback, type Callback } from './callbacks.ts'
import type { Moment } from './moments.ts'

/** How long a callback is called. */
export interface CallbackOptions {
  /** Only the first time. */
  readonly once?: boolean
  /** Not any more when it aborts. */
  readonly signal?: AbortSignal
}

/** Has a class call a function; gives what ends that. */
export function declareCallback(
  model: object,
  moment: Moment,
  callback: unknown,
  options: CallbackOptions,
): () => void {
  if (typeof callback !== 'function') {
    throw modelError('INVALID_CALLBACK', `${moment} takes a function of the record, not ${describe(callback)}`)
  }
  const { once = false, signal } = ownOptions(options, ['once', 'signal'], moment)
  if (typeof once !== 'boolean') throw invalidOption(TypeError, `once must be true or false, not ${describe(once)}`)
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw invalidOption(TypeError, `signal must be an AbortSignal, not ${describe(signal)}`)
  }
  if (signal?.aborted) return () => undefined
  const call = callback as Callback
  const calledOnce: Callback = (record, action) => {
    end()
    return call(record, action)
  }
  const remove = addCallback(model, moment, once ? calledOnce : call)
  const end = () => {
    remove()
    signal?.removeEventListener('abort', end)
  }
  signal?.addEventListener('abort', end, { once: true })
  return end
}
