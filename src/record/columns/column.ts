import type { ColumnType } from './type.ts'

declare const TYPE: unique symbol

/** What happens to rows that refer to a row that goes away or gets another key. */
export type ReferenceAction = 'cascade' | 'set null' | 'set default' | 'restrict' | 'no action'

/** Which column of which model a column refers to. */
export interface Reference {
  /** A function, so that models may refer to each other. */
  readonly model: () => object
  /** The attribute there; its key unless told. */
  readonly attribute?: string
  readonly onDelete?: ReferenceAction
  readonly onUpdate?: ReferenceAction
}

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
  readonly reference: Reference | null
}

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

  /** The value of an attribute that was not given; a function makes a new one for each record. */
  default(value: T | (() => T)): Column<T, Null, true> {
    return this.#with({ default: typeof value === 'function' ? (value as () => T) : () => value })
  }

  /** The database fills the column where nothing was given, by this SQL expression: `CURRENT_TIMESTAMP`. */
  databaseDefault(sql: string | true = true): Column<T, Null, true> {
    return this.#with({ databaseDefault: sql })
  }

  /** The column, or one of the columns, by which a row is known. A whole number is counted up by the database. */
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
  references(model: () => object, options: Omit<Reference, 'model'> = {}): Column<T, Null, Optional> {
    return this.#with({ reference: { model, ...options } })
  }

  #with<N extends boolean, O extends boolean, V>(change: Partial<ColumnSettings>): Column<V, N, O> {
    return new Column({ ...this.settings, ...change })
  }
}

/** Any column. */
export type AnyColumn = Column<unknown, boolean, boolean>

/** The columns of a model by the names of their attributes. */
export type Columns = { readonly [attribute: string]: AnyColumn }

/** What a program sees of a column. */
export type ValueOf<C> = C extends Column<infer T, boolean, boolean> ? T : never

export function newColumn<T>(type: ColumnType<T>, name: string | undefined): Column<T> {
  return new Column({
    type,
    name: name ?? null,
    nullable: false,
    primaryKey: false,
    unique: false,
    index: false,
    default: null,
    databaseDefault: null,
    reference: null,
  })
}
