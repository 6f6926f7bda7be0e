import { isUint8Array } from 'node:util/types'
import { describe, invalidOption, ownOptions } from '../../contract/checks.ts'
import type { Value } from '../../contract/value.ts'
import { modelError } from '../errors.ts'
import { isStandardSchema, issueText, type StandardSchema } from './standard-schema.ts'
import { type ColumnType, Misfit, STORAGES, type Storage } from './type.ts'

/** How values of your own are kept in a column. */
export interface Codec<T> {
  /** What the column is in the database. */
  readonly storage: Storage
  /** What a program sees of what the database has, which is never null; the value as the database gives it unless told. */
  readonly read?: (raw: Value) => T
  /** What the database is given; the value itself unless told. */
  readonly write?: (value: T) => Value
  /** Says which values there are. It is asked whenever a value is written, and what it gives is what is written. */
  readonly schema?: StandardSchema<T>
  /** What a value is called in messages. */
  readonly expects?: string
}

/** The type of a column that a {@link Codec} describes. Types of storage come from `base`. */
export function custom<T>(codec: Codec<T>, base: (storage: Storage) => ColumnType): ColumnType<T> {
  const { storage, read, write, schema, expects = 'a value that its codec takes' } = checkCodec(codec)
  const plain = read || write ? null : base(storage)
  return {
    expects,
    storage,
    boxed: true,
    read: (raw) => guarded(() => (read ? read(raw) : plain ? plain.read(raw) : raw) as T, 'read'),
    write(value) {
      const accepted = schema ? validated(schema, value) : value
      if (plain) return plain.write(accepted)
      return checkRaw(write ? guarded(() => write(accepted as T), 'write') : accepted)
    },
  }
}

function validated(schema: StandardSchema, value: unknown): unknown {
  const result = guarded(() => schema['~standard'].validate(value), 'schema')
  if ('then' in result) {
    // Nobody waits for it.
    result.then(undefined, () => undefined)
    throw modelError(
      'INVALID_MODEL',
      'the schema of a column must answer at once; one that is asynchronous can be asked in a validation',
    )
  }
  if (!result.issues) return result.value
  throw new Misfit(`is not valid: ${result.issues.map(issueText).join('; ') || 'its schema says no more'}`)
}

function guarded<T>(work: () => T, part: string): T {
  try {
    return work()
  } catch (cause) {
    if (cause instanceof Misfit) throw cause
    throw Object.assign(new Misfit(`is not taken: ${part} of its codec threw`), { cause })
  }
}

function checkRaw(raw: unknown): Value {
  if (typeof raw === 'string' || typeof raw === 'number' || typeof raw === 'bigint' || raw === null) return raw
  if (isUint8Array(raw)) return new Uint8Array(raw)
  throw new Misfit(`must become a text, number, bigint, Uint8Array or null; its codec made ${describe(raw)} of it`)
}

const PARTS = ['storage', 'read', 'write', 'schema', 'expects'] as const

function checkCodec<T>(codec: Codec<T>): Codec<T> {
  const own = ownOptions(codec, PARTS, 'a custom column')
  if (!STORAGES.includes(own.storage)) {
    throw invalidOption(TypeError, `storage must be one of ${STORAGES.join(', ')}`)
  }
  for (const part of ['read', 'write'] as const) {
    if (own[part] !== undefined && typeof own[part] !== 'function') {
      throw invalidOption(TypeError, `${part} must be a function, not ${describe(own[part])}`)
    }
  }
  if (own.schema !== undefined && !isStandardSchema(own.schema)) {
    throw invalidOption(TypeError, 'schema must be a Standard Schema of version 1: it has ~standard.validate')
  }
  return own
}
