/** What a server is at this moment, among those that hold the same database. */
export interface Standing {
  /**
   * A `primary` takes writes; a `replica` only reads what the primary has written; one that is `away` serves nobody now: it
   * starts, or is cut off from the others.
   */
  readonly role: 'primary' | 'replica' | 'away'
  /**
   * How far the server is: what a primary has committed, or what a replica has of that. Of two positions of the same
   * servers the greater one has all that the other has. Null where positions cannot be compared.
   */
  readonly position: bigint | null
  /**
   * Greater than before whenever a replica has become the primary: of several that say they are it, the one with the
   * greatest is. Null where that cannot be told.
   */
  readonly term: number | null
}
