import { createHash } from 'node:crypto'
import type { Dialect } from '../../sql/index.ts'
import { modelError } from '../errors.ts'

/** How long names may be: PostgreSQL counts bytes and cuts what is longer without a word, MySQL counts characters. */
const LONGEST: Readonly<Record<Dialect, number>> = { sqlite: Number.POSITIVE_INFINITY, postgres: 63, mysql: 64 }

function lengthOf(name: string, dialect: Dialect): number {
  return dialect === 'postgres' ? Buffer.byteLength(name) : [...name].length
}

/** Throws for a name that the database would cut, or refuse. */
export function checkLength(what: string, name: string, dialect: Dialect): string {
  if (lengthOf(name, dialect) <= LONGEST[dialect]) return name
  const unit = dialect === 'postgres' ? 'bytes' : 'characters'
  const message = `${what} ${JSON.stringify(name)} is too long: ${dialect} takes ${LONGEST[dialect]} ${unit}`
  throw modelError('INVALID_MODEL', message)
}

/** A name made of several, cut where it would be too long, and still another one for other names. */
export function madeName(parts: readonly string[], dialect: Dialect): string {
  const name = parts.join('_')
  if (lengthOf(name, dialect) <= LONGEST[dialect]) return name
  const mark = createHash('sha256').update(name).digest('hex').slice(0, 8)
  let kept = [...name]
  while (lengthOf(`${kept.join('')}_${mark}`, dialect) > LONGEST[dialect]) kept = kept.slice(0, -1)
  return `${kept.join('')}_${mark}`
}
