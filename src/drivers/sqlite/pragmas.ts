import { refuse } from '../shared/checks.ts'

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/

/** Checks the `pragmas` option; names and values become part of SQL text, so only what cannot end it passes. */
export function pragmasOption(value: unknown): Readonly<Record<string, string | number>> {
  if (value == null) return {}
  if (typeof value !== 'object' || Array.isArray(value)) refuse('pragmas', 'must be an object of names and values')
  const checked: Record<string, string | number> = Object.create(null)
  for (const [name, setting] of Object.entries(value)) {
    if (!NAME.test(name)) refuse('pragmas', `has a name that is none: ${JSON.stringify(name)}`)
    checked[name.toLowerCase()] = pragmaValue(name, setting)
  }
  return { ...checked }
}

function pragmaValue(name: string, value: unknown): string | number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  if (typeof value === 'string' && NAME.test(value)) return value
  return refuse('pragmas', `must set ${name} to a whole number or a single word`)
}
