import assert from 'node:assert/strict'
import { test } from 'node:test'
import { askerOf, askOverBadNetwork, mixingAsker } from './nonces.ts'
import { comesBack, networked, onServers, poolOn } from './setting.ts'

/** `COUNT=200000 SECONDS=60 SEED=7` ask more, of other callers. */
const count = Number(process.env.COUNT ?? 15_000)
const longest = Number(process.env.SECONDS ?? 12) * 1000
const seed = Number(process.env.SEED ?? 1)

onServers((name, words) => {
  test('P7 P12 D3 over a network that is cut all the time each gets the own answer, or is told', async (t) => {
    const { network, through } = await networked(t, name)
    const pool = poolOn(t, through, { max: 4, acquireTimeout: 10_000 })
    const run = { seed, count, longest, pause: 100 }
    const figures = await askOverBadNetwork(askerOf(pool, words, seed), network, run)
    t.diagnostic(JSON.stringify({ seed, ...figures }))
    const { asked, right, foreign, refused, aborted, lost, strange, cuts } = figures
    assert.deepEqual({ foreign, strange }, { foreign: 0, strange: {} })
    assert.equal(right + refused + aborted + lost, asked)
    assert.ok(cuts > 3 && refused > 10 && aborted > 10 && right > asked / 2, 'the run was no trial')
    await comesBack(pool)
  })

  test('P7 D3 a client that mixes answers up is found out', async (t) => {
    const { network, through } = await networked(t, name)
    const pool = poolOn(t, through, { max: 4, acquireTimeout: 10_000 })
    const run = { seed, count: 1000, longest: 3000, pause: 1000 }
    const figures = await askOverBadNetwork(mixingAsker(askerOf(pool, words, seed)), network, run)
    t.diagnostic(JSON.stringify({ seed, ...figures }))
    assert.ok(figures.foreign > 10, `${figures.foreign} answers of others`)
  })
})
