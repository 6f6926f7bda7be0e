import { test } from 'node:test'
import { onTunedDatabases } from '../databases.ts'
import { runWithoutCode } from '../no-code.ts'

test('F117 rows are decoded where making code from strings is forbidden', async () => {
  for (const file of ['rows.test.ts', 'chunk.test.ts']) {
    await runWithoutCode(new URL(`../thread/${file}`, import.meta.url))
  }
})

onTunedDatabases((database, suite) => {
  test('F117 a pool works where making code from strings is forbidden', () =>
    runWithoutCode(new URL('fixtures/no-code.ts', import.meta.url), database.url(suite)))
})
