import { checkText } from './checks.ts'
import { checkReference, type Reference } from './reference.ts'
import type { ColumnType } from './type.ts'

declare const TYPE: unique symbol

/** What records write into a column by themselves: when they were inserted or written last, or how often. */
export type Upkeep = 'createdAt' | 'updatedAt' | 'lockVersion'

/** What is known of a column beside its attribute's name. */
export interface ColumnSettings {
  readonly type: ColumnType
  /** The column's own name; that of the attribute unless told. */
  readonly name: string | null
  readonly nullable: boolean
  readonly primaryKey: boolean
  readonly unique: boolean
  readonly index: boolean
  /** Makes the value of an attribute that was not given. */
  readonly default: (() => unknown) | null
  /** The database fills the column where nothing was given: by this SQL, or by itself. */
  readonly databaseDefault: string | true | null
  /** A callback fills it where nothing was given. */
  readonly made: boolean
  readonly reference: Reference | null
  /** SQL that must not be false for any row. */
  readonly check: string | null
  /** Given once: never changed in a row that is stored. */
  readonly immutable: boolean
  /** Its values are shown to nobody. */
  readonly secret: boolean
  /** What records themselves keep up in it. */
  readonly upkeep: Upkeep | null
}

/**
 * Gives a model. It says nothing of what it gives, so that the compiler need not know a class while that class is being
 * declared: models may refer to each other, and to themselves.
 */
export type Lazily = () => void

/**
 * A declared column. `T` is what a program sees, `Null` whether it may be null, `Optional` whether it may be left out.
 * Each method gives another column and leaves this one as it is.
 */
export class Column<out T, out Null extends boolean = false, out Optional extends boolean = false> {
  declare readonly [TYPE]: { readonly value: T; readonly nullable: Null; readonly optional: Optional }
  readonly settings: ColumnSettings

  constructor(settings: ColumnSettings) {
    this.settings = settings
  }

  /** May be null, and is when nothing else was given. */
  nullable(): Column<T | null, true, Optional> {
    return this.#with({ nullable: true })
  }

  /**
   * The value of an attribute that was not given when a record is made: a copy of this one for each, or what the
   * function gives.
   */
  default(value: T | (() => T)): Column<T, Null, true> {
    return this.#with({ default: typeof value === 'function' ? (value as () => T) : () => structuredClone(value) })
  }

  /** The database fills the column where nothing was given, by this SQL expression: `CURRENT_TIMESTAMP`. */
  databaseDefault(sql: string | true = true): Column<T, Null, true> {
    return this.#with({ databaseDefault: sql === true ? sql : checkText('databaseDefault', sql) })
  }

  /** A callback gives it its value where none was given: a record is made without it, and refused if it still is. */
  made(): Column<T, Null, true> {
    return this.#with({ made: true })
  }

  /**
   * The column, or one of the columns, by which a row is known. A whole number is counted up by the database, a UUID is
   * made at random; a text must be given.
   */
  primaryKey(): Column<T, Null, true> {
    return this.#with({ primaryKey: true })
  }

  /** No two rows have the same value. */
  unique(): Column<T, Null, Optional> {
    return this.#with({ unique: true })
  }

  /** The table is created with an index on it. */
  index(): Column<T, Null, Optional> {
    return this.#with({ index: true })
  }

  /** Its values are keys of another model, and the database sees to that. */
  references(model: Lazily, options: Omit<Reference, 'model'> = {}): Column<T, Null, Optional> {
    return this.#with({ reference: checkReference({ model, ...options }) })
  }

  /** The table is created with this condition, which no row may break: `age >= 0`. It is SQL, and is not checked. */
  check(sql: string): Column<T, Null, Optional> {
    return this.#with({ check: checkText('check', sql) })
  }

  /** May be given to a new record, and never be changed in one that is stored. A key is so by itself. */
  immutable(): Column<T, Null, Optional> {
    return this.#with({ immutable: true })
  }

  /** Left out where records are shown: by `console.log`, in JSON, in messages of errors. */
  secret(): Column<T, Null, Optional> {
    return this.#with({ secret: true })
  }

  /** When the record was inserted, unless it was given. */
  createdAt(): Column<T, Null, true> {
    return this.#with({ upkeep: 'createdAt' })
  }

  /** When the record was written last: at each save that writes anything, unless it was given. */
  updatedAt(): Column<T, Null, true> {
    return this.#with({ upkeep: 'updatedAt' })
  }

  /**
   * Counts how often the record was written, from 0: a save or a delete of a record that somebody else wrote since it
   * was read rejects with a `StaleRecordError`.
   */
  lockVersion(): Column<T, Null, true> {
    return this.#with({ upkeep: 'lockVersion' })
  }

  #with<N extends boolean, O extends boolean, V>(change: Partial<ColumnSettings>): Column<V, N, O> {
    return new Column({ ...this.settings, ...change })
  }
}

/** Any column. */
export type AnyColumn = Column<unknown, boolean, boolean>

/** The columns of a model by the names of their attributes. */
export type Columns = { readonly [attribute: string]: AnyColumn }

/** A column of text: nobody makes its values, a key's neither. */
export type TextColumn = { primaryKey(): Column<string> } & Column<string>

export function newColumn<T>(type: ColumnType<T>, name: string | undefined): Column<T> {
  return new Column({
    type,
    name: name === undefined ? null : checkText('the name of a column', name),
    nullable: false,
    primaryKey: false,
    unique: false,
    index: false,
    default: null,
    databaseDefault: null,
    made: false,
    reference: null,
    check: null,
    immutable: false,
    secret: false,
    upkeep: null,
  })
}
