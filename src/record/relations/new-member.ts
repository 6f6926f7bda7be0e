import type { Definition, Stateful } from '../contract.ts'

/** A record as its own methods change it: with all that its class has them do. */
export interface SavedRecord extends Stateful {
  save(): Promise<unknown>
  delete(): Promise<unknown>
}

/** Makes a record that is to be related. */
export function newMember({ model }: Definition, attributes: object): SavedRecord {
  return new (model as unknown as new (attributes: object) => SavedRecord)(attributes)
}
