import { isUint8Array } from 'node:util/types'
import type { Value } from '../../contract/value.ts'
import { type ColumnType, Misfit, misfit, unreadable } from './type.ts'

/**
 * What JSON calls null, for a column of JSON: `null` itself is SQL's NULL. Both are read as null.
 */
export const jsonNull: never = Object.freeze({ toJSON: () => null }) as never

/** Any value that JSON can write; null is SQL's NULL. */
export function json<T>(): ColumnType<T> {
  return {
    expects: 'a value that JSON can write',
    storage: 'json',
    boxed: true,
    read(raw) {
      if (isUint8Array(raw)) throw unreadable(this, raw)
      return parsed(raw) as T
    },
    write(value) {
      const written = stringified(value)
      if (written !== undefined) return written
      throw misfit(this, value)
    },
  }
}

function stringified(value: unknown): string | undefined {
  try {
    return JSON.stringify(value)
  } catch (cause) {
    // A bigint, or an object that holds itself.
    throw Object.assign(new Misfit('must be a value that JSON can write'), { cause })
  }
}

// What a column of another affinity made of the text 5 is the number 5.
function parsed(raw: Value): unknown {
  try {
    return JSON.parse(String(raw))
  } catch (cause) {
    throw Object.assign(new Misfit('holds no JSON'), { cause })
  }
}
