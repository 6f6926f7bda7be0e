import { describe, invalidOption } from '../../contract/checks.ts'
import type { Kind, ValueOptions } from './attribute-rule.ts'

export interface FormatOptions<R> extends ValueOptions<R> {
  /** What a text must match. Anchor it: `/^\d+$/`. */
  readonly with?: RegExp
  /** What a text must not match. */
  readonly without?: RegExp
}

/** A text, or a number as text, matches an expression, or does not. Other values are wrong. */
export const format: Kind<FormatOptions<never>> = {
  rule: 'format',
  known: ['with', 'without'],
  judge(options) {
    const wanted = options.with === undefined ? null : matcher('with', options.with)
    const unwanted = options.without === undefined ? null : matcher('without', options.without)
    if (!wanted && !unwanted) throw invalidOption(TypeError, 'a validation of format needs with or without')
    return (value) => {
      const text = textOf(value)
      const isRight = text !== null && (wanted?.(text) ?? true) && !unwanted?.(text)
      return isRight ? null : 'is invalid.'
    }
  },
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : null
}

// Expressions with the flags g and y remember where they stopped: ours is a copy that begins anew each time.
function matcher(name: string, given: unknown): (text: string) => boolean {
  if (!(given instanceof RegExp)) {
    throw invalidOption(TypeError, `${name} must be a regular expression, not ${describe(given)}`)
  }
  const own = new RegExp(given)
  return (text) => {
    own.lastIndex = 0
    return own.test(text)
  }
}
