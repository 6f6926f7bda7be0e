import { column as c, Model } from 'offloop/record'

/** What a request may say of a book. All else (its key, its version, when it was added) is the server's. */
export const OPEN = ['title', 'author', 'pages', 'isbn'] as const

export class Book extends Model('books', {
  id: c.integer().primaryKey(),
  title: c.text(),
  author: c.text(),
  pages: c.integer().nullable(),
  isbn: c.text().nullable().unique(),
  addedAt: c.datetime('added_at').createdAt(),
  version: c.integer().lockVersion(),
}) {
  static {
    // A body can hold anything: that a title is no text, or missing, is told like all else that is wrong with a book.
    this.validatesColumns()
    this.validatesLengthOf('title', 'author', { min: 1, max: 200, allowNull: true })
    this.validatesNumericalityOf('pages', { integer: true, greaterThan: 0, allowNull: true })
    this.validatesFormatOf('isbn', { with: /^\d{13}$/, allowNull: true, message: 'must have 13 digits.' })
    this.validatesUniquenessOf('isbn', { message: 'is in the library already.' })
  }
}
