import { checkIterable, type Kind, type ValueOptions } from './attribute-rule.ts'

export interface AcceptanceOptions<R> extends ValueOptions<R> {
  /** What counts as a yes: `true` unless told. */
  readonly accept?: Iterable<unknown>
}

/** Somebody said yes: to the terms of a service. */
export const acceptance: Kind<AcceptanceOptions<never>> = {
  rule: 'acceptance',
  known: ['accept'],
  judge({ accept = [true] }) {
    const yes = new Set(checkIterable('accept', accept))
    return (value) => (yes.has(value) ? null : 'must be accepted.')
  },
}
