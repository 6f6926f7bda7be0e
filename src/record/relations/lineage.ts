import type { Definition } from '../contract.ts'
import { lineageOf } from '../define.ts'

/** The names of a model's class and of those that it extends, its own first. */
export function namesOf({ model }: Definition): string[] {
  return lineageOf(model).map(({ name }) => name)
}

/** Whether two models share rows: they are the same, or both extend the class of one table. */
export function isKin(one: Definition, other: Definition): boolean {
  return lineageOf(one.model).at(-1) === lineageOf(other.model).at(-1)
}
