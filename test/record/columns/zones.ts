/*
 * A program of its own, for it lives in the time zone that TZ says: writes points in time and reads them back, through
 * both drivers, and ends with an error if one became another.
 */
import assert from 'node:assert/strict'
import { ConnectionPool } from 'offloop'
import { column as c, connect, Model } from 'offloop/record'

class Moment extends Model('moments', {
  id: c.integer().primaryKey(),
  utc: c.datetime(),
  local: c.datetime('local', { zone: 'local' }),
  offset: c.datetime('offset', { zone: '-03:30' }),
  day: c.date(),
}) {}

const HOUR = 3_600_000
// Every half hour around the days on which clocks are set, and some of long ago, when zones had seconds.
const around = [
  '2026-03-29',
  '2026-10-25',
  '2026-03-08',
  '2026-11-01',
  '2026-04-05',
  '2026-10-04',
  '1890-01-01',
  '0001-06-15',
]
const instants = around.flatMap((day) =>
  Array.from({ length: 96 }, (_, at) => new Date(Date.parse(`${day}T00:00:00.007Z`) + (at - 48) * (HOUR / 2))),
)

for (const driver of ['node-sqlite', 'better-sqlite3']) {
  const pool = new ConnectionPool(`${driver}::memory:`)
  await connect(pool, [Moment], { replace: true }).createTables()
  await pool.runInteraction(async () => {
    for (const at of instants)
      await Moment.create({ utc: at, local: at, offset: at, day: at.toISOString().slice(0, 10) })
  })
  const moments = await Moment.all().orderBy('id')
  assert.equal(moments.length, instants.length)
  for (const [i, moment] of moments.entries()) {
    const at = instants[i]!
    const day = at.toISOString().slice(0, 10)
    assert.deepEqual(
      [moment.utc, moment.local, moment.offset, moment.day],
      [at, at, at, day],
      `${process.env.TZ} ${at.toISOString()}`,
    )
    assert.deepEqual({ ...moment.changes }, {})
  }
  await pool.close()
}
