import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { typescriptBlocks } from '../repository/blocks.ts'
import { scratchFolder } from '../repository/scratch.ts'
import { read } from '../repository/source.ts'
import { runNode } from './run.ts'

test('the records of README.md do what it says', async (t) => {
  const block = typescriptBlocks(read('README.md')).find(({ code }) => code.includes('extends Model('))
  assert.ok(block)
  const file = join(scratchFolder(t, 'readme'), 'records.ts')
  writeFileSync(file, block.code)
  const { code, stdout, stderr } = await runNode([file])
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: "ann [ [ 'Threads', 1 ] ]\n", stderr: '' })
})
