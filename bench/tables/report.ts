/** An analytical query over `users`: a full scan with groups, text and a sort, of at least 150 ms over 1,000,000 rows. */
export const REPORT = `SELECT name, count(*) AS people, avg(score) AS score, max(length(bio)) AS longest,
  count(DISTINCT age) AS ages FROM users WHERE id <= 250000 GROUP BY name ORDER BY people DESC, name`
