import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { folder, onTunedDatabases } from '../databases.ts'
import { compileShim, cutPower } from './power.ts'

const place = folder({ after })
const compiled = compileShim(place)
// Where the tests must be complete, a missing compiler is a failure.
const skip = 'missing' in compiled && !process.env.CI ? compiled.missing : false

onTunedDatabases(({ driver }) => {
  const cut = async (durability: 'power' | 'crash', acknowledgements: number) => {
    assert.ok('shim' in compiled, 'missing' in compiled ? compiled.missing : '')
    return await cutPower({ driver, folder: place, shim: compiled.shim, durability, acknowledgements })
  }

  test('P9 F39 a power cut costs nothing that was acknowledged', { skip }, async (t) => {
    for (const acknowledgements of [1, 200, 3000]) {
      const { acknowledged, ...left } = await cut('power', acknowledgements)
      t.diagnostic(JSON.stringify({ acknowledged, ...left }))
      assert.deepEqual(left, { lost: 0, halves: 0, integrity: 'ok' })
    }
  })

  // Were nothing lost here, the cut would be none and the test above would prove nothing.
  test("P9 F39 with durability: 'crash' it costs what came last, and leaves the database whole", {
    skip,
  }, async (t) => {
    let lostInAll = 0
    for (const acknowledgements of [200, 30_000]) {
      const { acknowledged, lost, ...left } = await cut('crash', acknowledgements)
      lostInAll += lost
      t.diagnostic(JSON.stringify({ acknowledged, lost, ...left }))
      assert.deepEqual(left, { halves: 0, integrity: 'ok' })
    }
    assert.ok(lostInAll > 0, 'nothing was lost')
  })
})
