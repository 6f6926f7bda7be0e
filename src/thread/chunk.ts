/*
 * A chunk: rows that cross as columns. Each column starts at a multiple of 8 with 8 bytes: u8 tag, u8 whether a byte per
 * row follows that is 1 where the value is NULL (or how many terms there are), u8 how its text is encoded, u8 unused, u32 bytes of its text. Then:
 * the NULLs if there are any; then, from a multiple of 8 on, the values. Text and bytes are i32 lengths, -1 for NULL
 * (text in UTF-16 units), and all of it one after the other. Repeated text is a byte per row, which numbers the terms
 * or is 255 for NULL, and from a multiple of 8 on the terms as text. A mixed column is tagged values, as rows are.
 */

/** What all values of a column are, NULLs aside. Where several would do, the first of them. */
export const columnTag = { null: 0, int32: 1, float64: 2, int64: 3, text: 4, repeated: 5, bytes: 6, mixed: 7 } as const

/** Bytes in front of a column. */
export const COLUMN_HEAD = 8

/** Stands for NULL where terms are numbered. */
export const NO_TERM = 255

/** The next multiple of 8, on which a column and its numbers start. */
export function aligned(position: number): number {
  return (position + 7) & ~7
}
