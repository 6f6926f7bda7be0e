import type { Kind, ValueOptions } from './attribute-rule.ts'
import { checkFlag } from './rule.ts'

export interface PresenceOptions<R> extends ValueOptions<R> {
  /** A text of blanks counts as none. */
  readonly trim?: boolean
}

/** There must be a value that is not an empty text. */
export const presence: Kind<PresenceOptions<never>> = {
  rule: 'presence',
  known: ['trim'],
  judge(options) {
    const trim = checkFlag('trim', options.trim)
    return (value) => {
      const isBlank = value === null || (typeof value === 'string' && (trim ? value.trim() : value) === '')
      return isBlank ? 'cannot be blank.' : null
    }
  },
}
