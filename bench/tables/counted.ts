/** A query that makes so many rows of three columns out of nothing. */
export function counted(rows: number): string {
  return `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
    SELECT i, 'row ' || (i % 1000) AS name, i / 4.0 AS share FROM n`
}
