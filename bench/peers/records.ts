import type { Author, NewAuthor } from '../tables/blog.ts'

/** A record as its library makes it: attributes can be read by their names. */
export type AuthorRecord = Author

/** What a library of records can do, in the way that its users are told to do it. */
export interface RecordsSession {
  /** The author with this key. */
  find(id: number): Promise<AuthorRecord>
  /** The first authors of at least this age, by key. */
  list(age: number, limit: number): Promise<readonly AuthorRecord[]>
  /** A new author; its key must be known then. */
  insert(values: NewAuthor): Promise<AuthorRecord>
  /** Gives a loaded author another age. */
  update(record: AuthorRecord, age: number): Promise<unknown>
  remove(record: AuthorRecord): Promise<unknown>
  /** The first authors by key with their posts and the comments on these; gives titles and texts, in order. */
  nested(authors: number): Promise<readonly NestedAuthor[]>
  /** All authors by key. */
  all(): Promise<readonly AuthorRecord[]>
  close(): Promise<void>
}

export interface NestedAuthor {
  readonly name: string
  readonly posts: readonly { readonly title: string; readonly comments: readonly { readonly text: string }[] }[]
}

/** What each step runs as. */
export type OpenRecords = (file: string) => Promise<RecordsSession>
