import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onTunedDatabases, openPool } from '../databases.ts'
import { askHostile } from './hostile.ts'

onTunedDatabases((database) => {
  test('P18 F122 F123 hostile names, values, directions, limits and bodies are values or refused', async (t) => {
    const { tried, ran, refused, ...wrong } = await askHostile(openPool(t, database), 3000, 1)
    assert.deepEqual(wrong, { escaped: [], strange: [], harmed: [] })
    assert.equal(ran + refused, tried)
    assert.ok(ran > 500 && refused > 500, `${ran} ran, ${refused} were refused`)
  })
})
