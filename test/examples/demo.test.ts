import assert from 'node:assert/strict'
import { access, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { installPackages, temporaryFolder } from './installed.ts'
import { runExample } from './run.ts'

const demo = (args: string[], env?: Record<string, string>) => runExample('demo/main.ts', args, env)

/** The rows of each table in the output: cells as text, titles left out. */
function tablesOf(stdout: string): string[][][] {
  const tables: string[][][] = []
  for (const line of stdout.split('\n')) {
    if (line.startsWith('┌')) tables.push([])
    if (line.startsWith('│'))
      tables.at(-1)?.push(
        line
          .slice(1, -1)
          .split('│')
          .map((cell) => cell.trim()),
      )
  }
  return tables.map((rows) => rows.slice(1))
}

const milliseconds = (cell: string | undefined) => Number.parseFloat(cell ?? '') * (cell?.endsWith(' ms') ? 1 : 1000)

test('the demo finds what is installed, answers in tables and leaves nothing behind', async () => {
  await using folder = await temporaryFolder()
  await using temporary = await temporaryFolder()
  await installPackages(folder.path)
  const places = { TMPDIR: temporary.path, TEMP: temporary.path, TMP: temporary.path }
  const { code, stdout, stderr } = await demo(['--root', folder.path, '--seconds', '0.2'], places)
  assert.equal(stderr, '')
  assert.equal(code, 0)
  assert.match(stdout, /^6 packages, 8 dependencies, 12 files, 21\.0 kB$/m)
  assert.match(stdout, /^loading 100 % {2}31 rows$/m)
  const [heaviest, chains, duplicates] = tablesOf(stdout)
  assert.deepEqual(heaviest, [
    ['@scope/delta', '1.0.0', '5.0 kB', '11.0 kB', '1'],
    ['epsilon', '1.0.0', '6.0 kB', '11.0 kB', '1'],
    ['alpha', '1.0.0', '3.0 kB', '10.0 kB', '3'],
    ['gamma', '2.0.0', '4.0 kB', '4.0 kB', '0'],
    ['beta', '1.0.0', '2.0 kB', '3.0 kB', '1'],
    ['gamma', '1.0.0', '1.0 kB', '1.0 kB', '0'],
  ])
  assert.deepEqual(chains, [
    ['2', 'alpha → beta → gamma'],
    ['1', '@scope/delta → epsilon'],
    ['1', 'epsilon → @scope/delta'],
  ])
  assert.deepEqual(duplicates, [['gamma', '2', '1.0.0, 2.0.0', '5.0 kB']])
  assert.deepEqual(await readdir(temporary.path), [])
})

test('the demo asks records for relations to others of their kind, of many to many, and to several kinds', async () => {
  await using folder = await temporaryFolder()
  await installPackages(folder.path)
  const { stdout, stderr } = await demo(['--root', folder.path, '--seconds', '0.05'])
  assert.equal(stderr, '')
  const [needed, authors, notes] = tablesOf(stdout).slice(3)
  assert.deepEqual(needed, [
    ['@scope/delta', '1', 'epsilon', '?'],
    ['beta', '1', 'alpha', '?'],
    ['epsilon', '1', '@scope/delta', 'Bob'],
    ['gamma', '1', 'beta', '?'],
    ['gamma', '1', 'alpha', '?'],
  ])
  assert.deepEqual(authors, [
    ['Bob', '2', 'alpha, epsilon', '1'],
    ['Ann', '1', 'alpha', '0'],
  ])
  assert.deepEqual(notes, [
    ['a package', 'node_modules/epsilon', '6.0 kB', 'one of the two largest'],
    ['a package', 'node_modules/@scope/delta', '5.0 kB', 'one of the two largest'],
    ['a file', 'lib/index.js', '5.8 kB', 'one of the two largest'],
    ['a file', 'lib/index.js', '4.9 kB', 'one of the two largest'],
  ])
  const [, statements] = /^Asked by records: (\d+) statements, \d+ rows\.$/m.exec(stdout) ?? []
  assert.ok(Number(statements) <= 20, `${statements} statements: one for each record?`)
})

test('the demo shows that the heavy query stalls the loop without offloop only', async () => {
  await using folder = await temporaryFolder()
  await installPackages(folder.path)
  const { stdout, code } = await demo(['--root', folder.path, '--seconds', '0.4'])
  assert.equal(code, 0)
  const [blocking, offloop] = tablesOf(stdout).at(-1) ?? []
  assert.equal(blocking?.[0], 'node:sqlite on the loop')
  assert.equal(offloop?.[0], 'through offloop')
  assert.match(blocking?.[3] ?? '', /^0 of \d+$/)
  assert.ok(milliseconds(blocking?.[2]) > 0.9 * milliseconds(blocking?.[1]), 'the loop stood still')
  const [inTime = 0, expected = 0] = (offloop?.[3] ?? '').split(' of ').map(Number)
  assert.ok(inTime > expected / 10, `${inTime} of ${expected} ticks`)
  assert.ok(milliseconds(offloop?.[2]) < milliseconds(blocking?.[2]) / 2, 'offloop left the loop free')
  assert.match(stdout, /^Both gave the same answer: [\d,]+$/m)
})

test('without a terminal the demo writes plain lines', async () => {
  await using folder = await temporaryFolder()
  await installPackages(folder.path)
  const { stdout } = await demo(['--root', folder.path, '--seconds', '0.05'])
  assert.doesNotMatch(stdout, /(?!\n)\p{Cc}/u)
})

test('SEE-007 with --db the demo keeps a database that was closed properly, and does not load it twice', async () => {
  await using folder = await temporaryFolder()
  await installPackages(folder.path)
  const file = join(folder.path, 'kept.db')
  const args = ['--root', folder.path, '--seconds', '0.05', '--db', `sqlite:${file}`]
  assert.equal((await demo(args)).code, 0)
  // SQLite removes its log when the last connection closes; one that was only dropped leaves it there.
  await assert.rejects(access(`${file}-wal`), { code: 'ENOENT' })
  assert.deepEqual(resolved(file), [
    '@scope/delta needs epsilon: node_modules/epsilon',
    '@scope/delta needs not-there: null',
    'alpha needs beta: node_modules/beta',
    'alpha needs epsilon: node_modules/epsilon',
    'alpha needs gamma: node_modules/gamma',
    'beta needs gamma: node_modules/beta/node_modules/gamma',
    'epsilon needs @scope/delta: node_modules/@scope/delta',
    'epsilon needs alpha: node_modules/alpha',
  ])
  const again = await demo(args)
  assert.equal(again.code, 1)
  assert.equal(again.stderr, 'demo: The database of --db already holds tables; name a new one.\n')
})

function resolved(file: string): string[] {
  using database = new DatabaseSync(file, { readOnly: true })
  const rows = database.prepare(`
    SELECT asking.name || ' needs ' || dependencies.name || ': ' || coalesce(found.path, 'null') AS line
    FROM dependencies JOIN packages AS asking ON asking.id = package_id
    LEFT JOIN packages AS found ON found.id = resolved_id ORDER BY line`)
  return rows.all().map(({ line }) => String(line))
}

test('what the demo cannot do it says in one line, with exit code 1', async () => {
  await using folder = await temporaryFolder()
  const refusals: Array<[args: string[], line: RegExp]> = [
    [['--root', folder.path], /^demo: No packages are installed in .*: is there a node_modules folder\?\n$/],
    [['--verbose'], /^demo: Unknown option '--verbose'\. See --help\.\n$/],
    [['packages'], /^demo: Unexpected argument 'packages'\. .*See --help\.\n$/],
    [['--db', 'oracle://localhost'], /^demo: --db takes a URL of sqlite, .*, not 'oracle:\/\/localhost'\.\n$/],
    [['--db', 'sqlite::memory:'], /^demo: Two connections cannot share a database in memory: give --db a file\.\n$/],
    [['--seconds', 'long'], /^demo: --seconds takes a number from 0\.05 to 10, not 'long'\.\n$/],
  ]
  for (const [args, line] of refusals) {
    const { code, stderr } = await demo(args)
    assert.match(stderr, line)
    assert.equal(code, 1)
  }
})

test('--help tells the options', async () => {
  const { code, stdout, stderr } = await demo(['--help'])
  assert.equal(stderr, '')
  assert.match(stdout, /--root <folder>.*--db <url>.*--seconds <n>/s)
  assert.equal(code, 0)
})
