/** A query that makes so many rows of one column out of nothing. */
export function counted(rows: number): string {
  return `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
    SELECT i FROM n`
}
