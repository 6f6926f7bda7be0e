/** How a relation is found. */
export interface RelationOptions {
  /** The attribute that holds the key: of the record that belongs to another. `userId` for a model `User` unless told. */
  readonly foreignKey?: string
}
