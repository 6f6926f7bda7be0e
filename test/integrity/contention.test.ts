import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onTunedDatabases } from '../databases.ts'
import { contend } from './contention.ts'

onTunedDatabases((database) => {
  test('P6 F24 two processes whose interactions are tried again while busy lose none and do none twice', async (t) => {
    const { done, again, ...none } = await contend(database.url(t), 150, false)
    t.diagnostic(`${again} further attempts`)
    assert.deepEqual({ done, ...none }, { done: 300, transfers: 300, missing: 0, doubled: 0, untold: 0, wrongSum: 0 })
    assert.ok(again >= 2)
  })

  test('P6 F38 of two such processes one is killed: what it told is there once, and the other goes on', async (t) => {
    const { done, again, ...none } = await contend(database.url(t), 150, true)
    t.diagnostic(`${done} done, ${again} further attempts`)
    assert.deepEqual(none, { transfers: 300, missing: 0, doubled: 0, untold: 0, wrongSum: 0 })
    assert.ok(done >= 150 + 150 / 4 && done < 300)
  })
})
