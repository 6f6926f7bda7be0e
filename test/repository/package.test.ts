import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, symlinkSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import manifest from '../../package.json' with { type: 'json' }
import { isSupportedNode, LOWEST_NODE } from '../../src/base/node-version.ts'
import { compile, run, scratchFolder, writeFiles } from './scratch.ts'
import { root } from './source.ts'

type Door = { readonly types: string; readonly default: string; readonly 'offloop-source': string }

/** The doors of the package by the name they are imported under. */
const doors = new Map<string, Door>(
  Object.entries(manifest.exports).flatMap(([path, door]) =>
    typeof door === 'string' ? [] : [[path.replace('.', manifest.name), door]],
  ),
)

/** What a user's own project would say: no option of this repository. */
const consumerOptions = {
  compilerOptions: { module: 'nodenext', target: 'es2024', strict: true, types: ['node'], noEmit: true },
  files: ['consumer.ts'],
}

// The folder has the package's name and exports, so a file in it imports the package as its users do.
describe('the package', () => {
  const folder = scratchFolder({ after }, 'package')

  before(() => {
    for (const name of ['package.json', 'LICENSE', ...manifest.files].filter((file) => file !== 'dist')) {
      if (existsSync(join(root, name))) cpSync(join(root, name), join(folder, name), { recursive: true })
    }
    if (existsSync(join(root, 'README.md'))) cpSync(join(root, 'README.md'), join(folder, 'README.md'))
    mkdirSync(join(folder, 'node_modules'))
    for (const name of Object.keys(manifest.dependencies)) {
      symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), 'dir')
    }
    const { status, stdout } = run(process.execPath, [join(root, 'scripts/build.ts'), join(folder, 'dist')])
    assert.equal(status, 0, `the build failed\n${stdout}`)
  })

  test('has a file behind every entry of its exports', () => {
    const named = [...doors.values()].flatMap((door) => Object.values(door))
    assert.deepEqual(
      named.filter((file) => !existsSync(join(folder, file))),
      [],
    )
  })

  test('P20 holds the build, its source and its documents, and nothing else', () => {
    const { status, stdout, stderr } = run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], folder)
    assert.equal(status, 0, stderr)
    const [pack] = Object.values<{ files: { path: string }[] }>(JSON.parse(stdout))
    const files = pack?.files.map(({ path }) => path) ?? []
    for (const file of ['CHANGELOG.md', 'LICENSE', 'README.md', 'dist/index.d.ts', 'dist/index.js', 'package.json']) {
      assert.ok(files.includes(file), `${file} is missing`)
    }
    const expected =
      /^(dist\/.*\.(js|d\.ts|js\.map|d\.ts\.map)|src\/.*\.(ts|html|css)|docs\/.*|[A-Z]+\.md|LICENSE|package\.json)$/
    assert.deepEqual(
      files.filter((file) => !expected.test(file)),
      [],
    )
  })

  test('has its code in few files, since each costs time at the start', () => {
    const files = readdirSync(join(folder, 'dist'), { recursive: true, encoding: 'utf8' })
    const modules = files.filter((file) => file.endsWith('.js'))
    assert.ok(modules.length <= doors.size + 11, modules.join(', '))
  })

  test('has one file for the thread of each driver: beside it only the errors are loaded', () => {
    for (const name of ['node-sqlite', 'better-sqlite3']) {
      const code = readFileSync(join(folder, 'dist/drivers', name, 'entry.js'), 'utf8')
      const imported = [...code.matchAll(/^import .* from '(.*)'/gm)].map(([, from]) => from)
      assert.ok(imported.length > 0)
      assert.deepEqual(
        imported.filter((from) => !from?.startsWith('node:')),
        ['../../core.js'],
      )
    }
  })

  test('opens every door of the build', () => {
    writeFiles(folder, { 'doors.mjs': [...doors.keys()].map((door) => `await import('${door}')\n`).join('') })
    const { status, stderr } = run(process.execPath, ['doors.mjs'], folder)
    assert.equal(status, 0, stderr)
  })

  test('reaches its connections in threads and in processes', () => {
    writeFiles(folder, {
      'connect.mjs': `
        import { ConnectionPool } from 'offloop'
        for (const isolation of ['thread', 'process']) {
          await using pool = new ConnectionPool('sqlite::memory:', { isolation })
          console.log(isolation, await pool.runQuery('SELECT 1 AS one'))
        }`,
    })
    const { status, stdout, stderr } = run(process.execPath, ['connect.mjs'], folder)
    assert.equal(status, 0, stderr)
    assert.equal(stdout, 'thread [ { one: 1 } ]\nprocess [ { one: 1 } ]\n')
  })

  test('NOD-015 gives the same modules to require', () => {
    const program = `
      import assert from 'node:assert'
      import { createRequire } from 'node:module'
      const require = createRequire(import.meta.url)
      for (const door of ${JSON.stringify([...doors.keys()])}) {
        const imported = await import(door)
        for (const name of Object.keys(imported)) assert.equal(require(door)[name], imported[name])
      }`
    writeFiles(folder, { 'same.mjs': program })
    const { status, stderr } = run(process.execPath, ['same.mjs'], folder)
    assert.equal(status, 0, stderr)
  })

  test('NOD-015 gives its types to a strict project', () => {
    const imports = [...doors.keys()].map((door, at) => `export * as door${at} from '${door}'\n`)
    writeFiles(folder, { 'consumer.ts': imports.join(''), 'tsconfig.json': JSON.stringify(consumerOptions) })
    const { status, stdout } = compile(['-p', folder, '--pretty', 'false'], folder)
    assert.equal(status, 0, `\n${stdout}`)
  })

  test('ADB-054 runs functions marked by inThread, which import the package in the thread as well', () => {
    writeFiles(folder, { 'work.mjs': work, 'works.mjs': works })
    const { status, stdout, stderr } = run(process.execPath, ['works.mjs'], folder)
    assert.deepEqual(
      { status, stdout, stderr },
      { status: 0, stdout: '[[{"n":1}],"IntegrityError unique true"]\n', stderr: '' },
    )
  })

  const refusesWith = (door: string, node: OtherNode) => {
    writeFiles(folder, { 'old.mjs': `import '${door}'\n` })
    const { status, signal, stderr } = run(node.path, [...node.flags, 'old.mjs'], folder)
    assert.equal(signal, null)
    assert.equal(status, 1, stderr)
    const sentence = `^Error: offloop needs Node.js ${LOWEST_NODE} or newer, and this is ${node.version}`
    assert.match(stderr, new RegExp(sentence, 'm'))
    assert.match(stderr, /code: 'UNSUPPORTED_NODE'/)
    assert.equal(stderr.match(/^\w*Error\b/gm)?.length, 1, stderr)
  }

  const old = olderNode()
  for (const door of doors.keys()) {
    test(`${door} refuses a Node that calls itself older, with one clear error`, () => refusesWith(door, pretended))
    test(`${door} refuses an older Node`, { skip: old ? false : 'no older Node on PATH' }, () => {
      refusesWith(door, old as OtherNode)
    })
  }
})

const work = `import { inThread, IntegrityError } from 'offloop'
export const rows = inThread(import.meta, 'rows', (txn) => txn.query('SELECT 1 AS n'))
export const twice = inThread(import.meta, 'twice', (txn) => {
  txn.execute('CREATE TABLE t (n INTEGER UNIQUE)')
  txn.execute('INSERT INTO t VALUES (1)')
  try {
    txn.execute('INSERT INTO t VALUES (1)')
  } catch (error) {
    throw error instanceof IntegrityError ? error : new Error('of another copy')
  }
})
`
const works = `import { ConnectionPool, IntegrityError } from 'offloop'
import { rows, twice } from './work.mjs'
await using pool = new ConnectionPool('sqlite::memory:')
const error = await pool.runInteraction(twice).catch((error) => error)
const said = [error.name, error.kind, error instanceof IntegrityError].join(' ')
console.log(JSON.stringify([await pool.runInteraction(rows), said]))
`

interface OtherNode {
  readonly path: string
  readonly version: string
  readonly flags: readonly string[]
}

const pretence = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.1.0'})`
const pretended: OtherNode = { path: process.execPath, version: '20.1.0', flags: ['--import', pretence] }

/** A Node of this machine that offloop does not support, if there is one. */
function olderNode(): OtherNode | undefined {
  const paths = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'node'))
  const others = [...new Set(paths.filter((path) => existsSync(path)).map((path) => realpathSync(path)))]
  return others
    .map((path) => ({ path, version: run(path, ['--version']).stdout.trim().replace('v', ''), flags: [] }))
    .find(({ version }) => version !== '' && !isSupportedNode(version))
}
