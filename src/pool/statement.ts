import { SecondChance } from '../base/second-chance.ts'
import type { StatementShape } from '../contract/statement.ts'
import { type ShapedText, shapeOf } from '../contract/statement-text.ts'

/** Milliseconds above which a run was slow: on a reader such a statement gets a lane to itself. */
const SLOW = 1
/** Milliseconds above which a run was long: such a statement gets the writer to itself. */
const LONG = 50

/*
 * A run over a limit counts two, one within it takes one off. From three on a statement is taken for slow (or long). So
 * one slow run among fast ones, which may be a busy machine's fault, changes nothing; two in a row do; and from the
 * worst count four runs lead back. Of a statement of which nothing else is known one run decides, either way.
 */
const OVER = 2
const TAKEN_FOR = 3
const WORST = 6
const UNKNOWN = -1

/** Where a statement may run, as far as is known. */
export type Route = 'unknown' | 'reader' | 'writer'

/** A statement's text, and what its runs have taught. */
export class Statement implements ShapedText {
  readonly sql: string
  readonly shape: StatementShape
  route: Route = 'unknown'
  #slow = UNKNOWN
  #long = UNKNOWN

  constructor(sql: string, shape: StatementShape) {
    this.sql = sql
    this.shape = shape
  }

  /** It has run at least once, so that {@link isSlow} says something. */
  get isKnown(): boolean {
    return this.#slow !== UNKNOWN
  }

  /** Known to be fast: others may wait behind it on one lane. */
  get isFast(): boolean {
    return this.#slow !== UNKNOWN && this.#slow < TAKEN_FOR
  }

  /** Known to be slow: nobody is to wait behind it who can run elsewhere. */
  get isSlow(): boolean {
    return this.#slow >= TAKEN_FOR
  }

  /** Known to be so slow that even those who have to wait for the same connection are not sent with it. */
  get isLong(): boolean {
    return this.#long >= TAKEN_FOR
  }

  /** Remembers how long the database took, in milliseconds. */
  learn(duration: number): void {
    this.#slow = counted(this.#slow, duration > SLOW)
    this.#long = counted(this.#long, duration > LONG)
  }
}

function counted(count: number, over: boolean): number {
  if (over) return count === UNKNOWN ? TAKEN_FOR : Math.min(count + OVER, WORST)
  return count > 0 ? count - 1 : 0
}

/** How many texts a pool remembers. */
const TEXTS_KEPT = 1000

/** The statements a pool has seen lately, by text. */
export class Statements {
  readonly #known: SecondChance<Statement>
  readonly #shape: (sql: string) => StatementShape

  constructor(shape: (sql: string) => StatementShape, capacity: number = TEXTS_KEPT) {
    this.#shape = shape
    this.#known = new SecondChance(capacity)
  }

  /** How many are remembered: never more than the capacity. */
  get size(): number {
    return this.#known.size
  }

  /** The statement of that text; refuses what is not exactly one statement. */
  get(sql: string): Statement {
    return this.#known.get(sql) ?? this.#add(sql)
  }

  #add(sql: string): Statement {
    const statement = new Statement(sql, shapeOf(sql, this.#shape))
    this.#known.add(sql, statement)
    return statement
  }
}
