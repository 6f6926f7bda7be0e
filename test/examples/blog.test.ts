import assert from 'node:assert/strict'
import { test } from 'node:test'
import { linesOf } from './run.ts'

test('a blog validates, calls back, relates, counts and turns pages, without a query for each record', async () => {
  const { code, lines, stderr } = await linesOf('blog/main.ts')
  assert.equal(stderr, '')
  assert.deepEqual(lines, [
    '5 posts, a draft among them: not-ready',
    'valid: false',
    '- Name must have a length between 1 and 80 (inclusive).',
    '- Email is taken.',
    '- Slug is that of another post.',
    'mail: Bob wrote a comment',
    'saved: false, for a comment must not have links.',
    'comments: 2, of which are shown: 1',
    'page 1 of 2, 3 posts:',
    '- One Writer, Several Readers, by Ann, comments: 0 #sql',
    '- Rings in Shared Memory, by Ann, comments: 0 #threads',
    'page 2 of 2, 3 posts:',
    '- Threads, by Ann, comments: 1 #sql #threads',
    'on threads: Rings in Shared Memory, Threads',
    'read by 11 statements',
    'Ann has posts, and stays',
    'comments left: 0',
  ])
  assert.equal(code, 0)
})
