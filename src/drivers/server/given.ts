import { type Given, refuse } from '../shared/checks.ts'
import { Secret } from './secret.ts'

/** Gives the password each time a connection is opened: for tokens that expire. */
export type PasswordSource = () => string | Promise<string>

/** The options of an object, by name. */
export function ownProperties(source: unknown): Given {
  if (typeof source !== 'object' || source === null || Array.isArray(source)) {
    throw Object.assign(new TypeError(`The options must be an object or the text of a URL, not ${typeof source}.`), {
      code: 'INVALID_OPTION',
    })
  }
  return new Map(Object.entries(source).filter(([, value]) => value !== undefined))
}

export function textOption(given: Given, name: string): string | undefined {
  const value = given.get(name)
  return value === undefined ? undefined : checkText(name, value)
}

/** Refuses what cannot be a name that a server is told. */
export function checkText(name: string, value: unknown): string {
  if (typeof value !== 'string') return refuse(name, 'must be a string')
  if (value === '') return refuse(name, 'is empty')
  if (value.includes('\0')) return refuse(name, 'holds the character U+0000')
  if (!value.isWellFormed()) return refuse(name, 'holds half of a surrogate pair')
  return value
}

export function passwordOption(given: Given): Secret | PasswordSource | null {
  const value = given.get('password')
  if (value === undefined) return null
  if (typeof value === 'function') return value as PasswordSource
  if (typeof value !== 'string') return refuse('password', 'must be a string, or a function that gives one')
  if (value.includes('\0')) return refuse('password', 'holds the character U+0000')
  return new Secret(value)
}
