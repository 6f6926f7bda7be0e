import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { ConnectionPool } from 'offloop'
import { closedAtEnd } from '../databases.ts'
import { fileOf, typescriptBlocks } from '../repository/blocks.ts'
import { scratchFolder, writeFiles } from '../repository/scratch.ts'
import { read } from '../repository/source.ts'
import { runningDocument } from './running.ts'

const DOCUMENT = 'docs/drivers.md'
const { section, complete } = runningDocument(DOCUMENT)

test('ADB-001 a driver of one file is named to the pool by its path', section('Drivers'))

test('the driver of the document does what the pool asks of it', async (t) => {
  const block = typescriptBlocks(read(DOCUMENT)).find((one) => fileOf(one) === 'echo.ts')
  assert.ok(block)
  const folder = scratchFolder(t, 'driver-example')
  writeFiles(folder, { 'echo.ts': block.code })
  const pool = closedAtEnd({ after: (work) => t.after(work) }, new ConnectionPool(join(folder, 'echo.ts'), {}))
  assert.deepEqual(await pool.runQuery('say ?', ['hello']), [{ value: 'hello' }])
  assert.equal(await pool.runInteraction(async (txn) => (await txn.execute('say ?', ['x'])).description?.length), 1)
  await assert.rejects(pool.runQuery('say ?', []), { code: 'PARAMETER_COUNT' })
})

test('every section with a running example is named here', complete)
