import { Persistent } from './persistent.ts'

/** What all records have beside their attributes and relations: each layer knows those below it. */
export abstract class RecordBase extends Persistent {}
