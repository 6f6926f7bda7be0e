import assert from 'node:assert/strict'
import { it } from 'node:test'
import { connect } from 'offloop/record'
import { inSlices } from '../../../src/record/query/slices.ts'
import { onTunedAndServers } from '../../databases.ts'
import { fillUsers, openBlog } from './fixtures.ts'

onTunedAndServers((database, suite) => {
  const { User, pool } = openBlog(suite, database)

  it('many records are made in slices: others have their turn between them', async () => {
    await fillUsers(pool, 50_000)
    let turns = 0
    let asking = true
    const turn = () => {
      turns++
      if (asking) setImmediate(turn)
    }
    setImmediate(turn)
    const records = await User.all()
    asking = false
    assert.equal(records.length, 50_000)
    assert.equal(records[49_999]?.firstName, 'user 50000')
    assert.ok(turns > 3, `${turns} turns`)
  })

  it('a constructor that throws leaves nothing behind for the next record', async () => {
    await fillUsers(pool)
    const mine = new Error('not me')
    let angry = false
    class Angry extends User {
      constructor(attributes?: object) {
        if (angry) throw mine
        super(attributes)
      }
    }
    connect(pool, [Angry])
    angry = true
    await assert.rejects(async () => await Angry.all(), mine)
    angry = false
    const made = new Angry({ firstName: 'new' })
    assert.equal(made.isNew, true)
    assert.equal(made.firstName, 'new')
    assert.equal((await Angry.all()).length, 10)
  })
})

it('a little work is done at once, much of it in parts that follow each other', async () => {
  const parts: [number, number][] = []
  await inSlices(0, (start, end) => void parts.push([start, end]))
  assert.equal(parts.length, 0)
  await inSlices(3, (start, end) => void parts.push([start, end]))
  assert.deepEqual(parts, [[0, 3]])
  parts.length = 0
  await inSlices(1000, (start, end) => {
    parts.push([start, end])
    const until = performance.now() + 0.3
    while (performance.now() < until);
  })
  assert.deepEqual(
    parts.map(([start]) => start),
    [0, ...parts.slice(0, -1).map(([, end]) => end)],
  )
  assert.equal(parts.at(-1)?.[1], 1000)
})
