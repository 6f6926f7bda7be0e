import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { ConnectionPool } from 'offloop'
import { scratchFolder, writeFiles } from './scratch.ts'
import { read } from './source.ts'

test('the driver of docs/drivers.md is one file and works when it is named to the pool', async (t) => {
  const [, code = ''] = /```ts\n(.*?)```/s.exec(read('docs/drivers.md')) ?? []
  const folder = scratchFolder(t, 'driver-example')
  writeFiles(folder, { 'echo.ts': code })
  const pool = new ConnectionPool(join(folder, 'echo.ts'), { shout: true })
  t.after(() => pool.close())
  assert.deepEqual(await pool.runQuery('say ?', ['hello']), [{ value: 'HELLO' }])
  assert.equal(await pool.runInteraction(async (txn) => (await txn.execute('say ?', ['x'])).description?.length), 1)
  await assert.rejects(pool.runQuery('say ?', []), { code: 'PARAMETER_COUNT' })
})
