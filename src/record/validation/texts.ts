import { databaseOrNull } from '../define.ts'
import { humanize } from './humanize.ts'
import { type Messages, messagesOf, type Problem } from './messages.ts'

/** The text of a problem. */
export function textOf(model: object, problem: Problem): string {
  return asked(model, (messages) => messages.text?.(problem)) ?? problem.text
}

/** A sentence about an attribute; the text alone for the record as a whole. */
export function sentenceOf(model: { readonly name: string }, attribute: string | null, text: string): string {
  if (attribute === null) return text
  const label = asked(model, (messages) => messages.label?.(attribute, model.name)) ?? humanize(attribute)
  return asked(model, (messages) => messages.sentence?.(label, text)) ?? `${label} ${text}`
}

/** The class is asked first, then its parents, then its database. */
function asked(model: object, ask: (messages: Messages) => string | undefined): string | undefined {
  for (let at: object | null = model; at; at = Object.getPrototypeOf(at)) {
    const messages = messagesOf(at)
    const answer = messages && ask(messages)
    if (answer !== undefined) return answer
  }
  const database = databaseOrNull(model)
  const messages = database && messagesOf(database)
  return messages ? ask(messages) : undefined
}
