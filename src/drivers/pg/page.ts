import { Failure, type Outcome, type Page } from '../../contract/index.ts'

/** What a page is asked for with. */
export type PageResolve = (page: Page | Failure) => void

/** Makes a page of what came. */
export function pageOf(outcome: Outcome | Failure, more: boolean): Page | Failure {
  return outcome instanceof Failure ? outcome : { ...outcome, more }
}
