import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onServers } from '../databases.ts'
import { installPackages, temporaryFolder } from './installed.ts'
import { linesOf } from './run.ts'

onServers((database) => {
  test('a blog is the same program on a server, by its URL', async (t) => {
    const here = await linesOf('blog/main.ts')
    const there = await linesOf('blog/main.ts', [database.url(t)])
    assert.deepEqual([there.stderr, there.code], ['', 0])
    assert.deepEqual(there.lines, here.lines)
  })

  test('a shop is the same program on a server, but for what runs in a thread', async (t) => {
    const { code, lines, stderr } = await linesOf('shop/main.ts', [database.url(t)])
    assert.deepEqual([stderr, code], ['', 0])
    assert.deepEqual(lines.slice(0, 6), (await linesOf('shop/main.ts')).lines.slice(0, 6))
    assert.equal(lines.at(-1), 'together: 6570 cents')
  })

  test('the demo does the same job on a server', async (t) => {
    await using folder = await temporaryFolder()
    await installPackages(folder.path)
    const args = ['--root', folder.path, '--seconds', '0.05']
    const here = await linesOf('demo/main.ts', args)
    const there = await linesOf('demo/main.ts', [...args, '--db', database.url(t)])
    assert.deepEqual([there.stderr, there.code], ['', 0])
    assert.deepEqual(answersOf(there.lines), answersOf(here.lines))
    assert.ok(there.lines.some((line) => line.includes('through offloop')))
  })
})

/** What the demo found out, without how long that took. */
function answersOf(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => line.startsWith('The heaviest packages'))
  const last = lines.findIndex((line) => line.startsWith('Asked by records'))
  assert.ok(first > 0 && last > first + 20)
  return lines.slice(first, last)
}
