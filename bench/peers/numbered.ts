/** The statement with `$1`, `$2` and so on in place of `?`, which must stand nowhere else in it. */
export function numbered(sql: string): string {
  let position = 0
  return sql.replaceAll('?', () => `$${++position}`)
}
