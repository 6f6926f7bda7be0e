import { checkIterable, type Kind, type ValueOptions } from './attribute-rule.ts'

export interface MembershipOptions<R, V = unknown> extends ValueOptions<R> {
  /** The values. */
  readonly in: Iterable<V>
}

/** The value is one of some. */
export const inclusion: Kind<MembershipOptions<never>> = {
  rule: 'inclusion',
  known: ['in'],
  judge(options) {
    const has = members(options)
    return (value) => (has(value) ? null : 'is not included in the list.')
  },
}

/** The value is none of some. */
export const exclusion: Kind<MembershipOptions<never>> = {
  rule: 'exclusion',
  known: ['in'],
  judge(options) {
    const has = members(options)
    return (value) => (has(value) ? 'is reserved.' : null)
  },
}

// Points in time are the same if they are the same instant.
function members(options: MembershipOptions<never>): (value: unknown) => boolean {
  const given = checkIterable('in', options.in)
  const values = new Set(given)
  const instants = new Set(given.flatMap((one) => (one instanceof Date ? [one.getTime()] : [])))
  return (value) => (value instanceof Date ? instants.has(value.getTime()) : values.has(value))
}
