import { Related } from './related.ts'

/** What is wrong with a record, found before it is written. */
export abstract class Validated extends Related {}
