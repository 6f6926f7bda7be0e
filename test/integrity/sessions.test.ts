import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { folder, onTunedDatabases } from '../databases.ts'
import { leaveTraces } from './sessions.ts'

onTunedDatabases(({ driver }) => {
  test('P8 F94 the next borrower finds no transaction and no cursor of the one before, only what docs/limits.md says', async (t) => {
    const figures = await leaveTraces(`${driver}:${join(folder(t), 'test.db')}`, 4)
    assert.deepEqual(figures, { borrowers: 20, found: [], stayed: ['temporaryTable', 'pragma', 'attach'] })
  })
})
