import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runNode } from '../examples/run.ts'

test('what functions print comes out, also when the pool is never closed', async () => {
  const { code, stdout, stderr } = await runNode(['test/pool/fixtures/in-thread/printing.ts'])
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: 'one\ntwo\nthree\nfour\n', stderr: '' })
})
