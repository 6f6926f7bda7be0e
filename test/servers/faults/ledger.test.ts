import assert from 'node:assert/strict'
import { test } from 'node:test'
import { usable } from '../../pool/expect.ts'
import { moveOverBadNetwork, SUM } from './ledger.ts'
import { networked, onServers, poolOn } from './setting.ts'

/** `CUTS=5000 SECONDS=600 SEED=7` run longer, on another way through the same faults. */
const seconds = Number(process.env.SECONDS ?? 25)
const leastCuts = Number(process.env.CUTS ?? 200)
const seed = Number(process.env.SEED ?? 1)
/** Interactions of which nobody knows, at the least. */
const UNKNOWN = 10

onServers((name) => {
  test('P5 P3 D1 over a network that is cut all the time nobody is told what is not so', async (t) => {
    const { network, url, through } = await networked(t, name)
    const direct = poolOn(t, url)
    const open = (options: object) => poolOn(t, through, { acquireTimeout: 5000, ...options })
    const figures = await moveOverBadNetwork(direct, network, {
      seed,
      cuts: leastCuts,
      unknown: UNKNOWN,
      longest: seconds * 1000,
      open,
    })
    t.diagnostic(JSON.stringify({ seed, ...figures }))
    const { missing, present, sum, ok, failed, cuts, unknown } = figures
    assert.deepEqual({ missing, present, sum }, { missing: 0, present: 0, sum: SUM })
    assert.ok(cuts >= leastCuts && unknown >= UNKNOWN && ok > 20 && failed > leastCuts / 5, 'the run was no trial')
    await usable(poolOn(t, through))
  })
})
