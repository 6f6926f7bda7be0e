import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bounds, measure, sizes, smallHeap } from '../../scripts/promises.ts'

test('a stream of a million rows takes no more memory than one of a hundred thousand', async (t) => {
  const memory = await measure('stream', sizes.short.stream, ...smallHeap)
  t.diagnostic(JSON.stringify(memory))
  assert.ok(memory.rssGrowth < bounds.rssGrowth, `resident memory grew by ${memory.rssGrowth} MiB`)
  assert.ok(memory.heapGrowth < bounds.heapGrowth, `the heap grew by ${memory.heapGrowth} MiB`)
})
