/** A query that makes so many rows out of nothing. */
export function counted(rows: number): string {
  return `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
    SELECT i, 'row ' || (i % 1000) AS name FROM n`
}
