import { type InsertText, insertText, severalRows } from './insert-text.ts'

/** How many rows stand in one statement: few texts, so that few are prepared. */
const SIZES = [256, 32]
/** PostgreSQL takes no more placeholders in one statement. */
const MOST_PLACEHOLDERS = 65_535

/** An INSERT of one row that can be written for several. */
export class Several {
  /** The table, as the statement names it. */
  readonly table: string
  /** Numbers of rows, the largest first, and the texts for them. */
  readonly sizes: readonly number[]
  readonly #insert: InsertText
  readonly #width: number
  readonly #texts = new Map<number, string>()

  constructor(insert: InsertText, width: number) {
    this.table = insert.table
    this.sizes = SIZES.filter((rows) => rows * width <= MOST_PLACEHOLDERS)
    this.#insert = insert
    this.#width = width
  }

  /** The texts that were asked for. */
  get texts(): Iterable<string> {
    return this.#texts.values()
  }

  text(rows: number): string {
    let text = this.#texts.get(rows)
    if (text === undefined) {
      text = severalRows(this.#insert, rows, this.#width)
      this.#texts.set(rows, text)
    }
    return text
  }
}

/** What a text makes of an INSERT for several rows; null where several rows at once could end differently. */
export function severalOf(sql: string, width: number): Several | null {
  const insert = width > 0 ? insertText(sql) : null
  return insert && new Several(insert, width)
}

/**
 * Gives one row if rows end in this table as they do one by one. What bars that: triggers, rules and policies, which see
 * the statement, or its rows all at once; a row that may refer to a later one, since foreign keys are checked at the end
 * of a statement; and defaults of one's own making, which may look at the table.
 */
export const FITNESS = `WITH named AS (SELECT pg_catalog.to_regclass($1)::pg_catalog.oid AS oid),
reached AS (SELECT oid FROM named UNION
  SELECT relid::pg_catalog.oid FROM named, pg_catalog.pg_partition_tree(named.oid::pg_catalog.regclass))
SELECT FROM named WHERE oid IS NOT NULL
AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c JOIN reached r ON c.oid = r.oid
  WHERE c.relkind NOT IN ('r', 'p') OR c.relhasrules OR c.relrowsecurity)
AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger t JOIN reached r ON t.tgrelid = r.oid WHERE NOT t.tgisinternal)
AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k JOIN reached r ON k.conrelid = r.oid
  JOIN reached f ON k.confrelid = f.oid WHERE k.contype = 'f')
AND NOT EXISTS (SELECT FROM pg_catalog.pg_attrdef a JOIN reached r ON a.adrelid = r.oid
  JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.objid = a.oid
  AND d.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass
  JOIN pg_catalog.pg_proc p ON p.oid = d.refobjid JOIN pg_catalog.pg_language l ON l.oid = p.prolang
  WHERE l.lanname NOT IN ('internal', 'c'))`
