import { describe, invalidOption, ownOptions } from '../../contract/checks.ts'

/** What is wrong with an attribute: what its text is made of. */
export interface Problem {
  /** The name of the model. */
  readonly model: string
  /** The attribute; null for the record as a whole. */
  readonly attribute: string | null
  /** Which rule: `presence`, `length`, `uniqueness`, ... */
  readonly rule: string
  /** The text unless told otherwise: `cannot be blank.` */
  readonly text: string
  /** What the rule was told: `{ min: 2, max: 10 }`. */
  readonly options: Readonly<Record<string, unknown>>
}

/** Texts of one's own, for other languages or other words. Each function may give undefined: the text stays as it is. */
export interface Messages {
  /** The text of a problem. */
  readonly text?: (problem: Problem) => string | undefined
  /** What an attribute is called: `First Name`. */
  readonly label?: (attribute: string, model: string) => string | undefined
  /** A whole sentence of both: `First Name cannot be blank.` */
  readonly sentence?: (label: string, text: string) => string | undefined
}

const PARTS = ['text', 'label', 'sentence'] as const

// Of classes and of databases.
const told = new WeakMap<object, Messages>()

/** Gives a class, or a database, texts of its own. */
export function setMessages(of: object, messages: Messages): void {
  const own = ownOptions(messages, PARTS, 'messages')
  for (const part of PARTS) {
    if (own[part] === undefined || typeof own[part] === 'function') continue
    throw invalidOption(TypeError, `${part} must be a function, not ${describe(own[part])}`)
  }
  told.set(of, own)
}

/** The texts that a class, or a database, was given. */
export function messagesOf(of: object): Messages | undefined {
  return told.get(of)
}
