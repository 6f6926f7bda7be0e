import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { folder, onTunedDatabases } from '../databases.ts'
import { closesInTime, dies, endsInTime, leavesBehind, nests } from './pools.ts'

test('P1 F89 of thousands of callers on a pool that gives no answer each has its end when its time is up', async (t) => {
  const { callers, otherwise, latest } = await endsInTime(500)
  t.diagnostic(`${callers} callers, the latest late by ms: ${JSON.stringify(latest)}`)
  assert.equal(otherwise, 0)
  // Other tests may have the machine: `npm run promises` holds it to 250 ms.
  assert.ok(latest.timeout < 10_000 && latest.acquireTimeout < 10_000)
})

test('P13 ADB-028 F95 a close amid what never ends gives all of it up, and is done in time', async (t) => {
  const { calls, otherwise, latest } = await closesInTime(100)
  t.diagnostic(`${calls} calls, the latest close late by ms: ${latest.toFixed(0)}`)
  assert.equal(otherwise, 0)
  assert.ok(latest < 10_000)
})

test('P14 DEF-021 threads that die take their own calls with them, and the pool is whole again', async () => {
  const { deaths, told, notRestored } = await dies(3)
  assert.deepEqual({ deaths, told, notRestored }, { deaths: 12, told: 12, notRestored: 0 })
})

onTunedDatabases(({ driver }) => {
  test('P13 ADB-027 a pool that was used and closed leaves no thread, file or reason to stay alive', async (t) => {
    const place = folder(t)
    const { closing, ...left } = await leavesBehind((index) => `${driver}:${join(place, `${index}.db`)}`, 4)
    t.diagnostic(`the slowest close took ${closing.toFixed(0)} ms`)
    assert.deepEqual(left, { threads: 0, descriptors: 0, active: 0 })
  })

  test('P22 F78 F79 calls through a pool of one inside an interaction, a hundred deep, are all answered', async (t) => {
    assert.deepEqual(await nests(`${driver}:${join(folder(t), 'test.db')}`, 1000), { calls: 1000, answered: 1000 })
  })
})
