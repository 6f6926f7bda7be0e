import { type Expression, type SqlBool, sql } from '../../sql/index.ts'
import type { Step } from '../contract.ts'
import { madeName } from '../schema/names-sql.ts'
import type { Shape } from '../statement.ts'
import type { Condition, Writing } from './condition.ts'
import { describeSteps, meets, stepNames } from './joins.ts'

/** A condition on what stands under another name in the statement. */
export class Elsewhere implements Condition {
  readonly #alias: string
  readonly #condition: Condition

  constructor(alias: string, condition: Condition) {
    this.#alias = alias
    this.#condition = condition
  }

  describe(shape: Shape): void {
    shape.add(`at ${this.#alias}`)
    this.#condition.describe(shape)
  }

  write(writing: Writing): Expression<SqlBool> {
    return this.#condition.write({ ...writing, table: this.#alias })
  }
}

/** There is a row of a relation that fulfils a condition. */
export class Exists implements Condition {
  readonly #name: string
  readonly #steps: readonly Step[]
  readonly #condition: Condition

  constructor(name: string, steps: readonly Step[], condition: Condition) {
    this.#name = name
    this.#steps = steps
    this.#condition = condition
  }

  describe(shape: Shape): void {
    shape.add('exists')
    describeSteps(this.#name, this.#steps, shape)
    this.#condition.describe(shape)
  }

  write(writing: Writing): Expression<SqlBool> {
    // One inside another may be of the same relation: each has its own name.
    // PostgreSQL would cut them, and take two for one.
    const names = stepNames(`${writing.table} has ${this.#name}`, this.#steps).map((name) =>
      madeName([name], writing.dialect),
    )
    const tables = this.#steps.map(({ table }, at) => sql`${sql.id(table)} as ${sql.id(names[at] as string)}`)
    const links = this.#steps.map((step, at) =>
      meets(step, names[at - 1] ?? writing.table, names[at] as string, writing),
    )
    const condition = this.#condition.write({ ...writing, table: names.at(-1) as string })
    return sql`exists (select 1 from ${sql.join(tables)} where ${sql.join([...links, condition], sql` and `)})`
  }
}
