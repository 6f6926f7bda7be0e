/**
 * All that `npm test` checks: the static steps, the tests that measure, then every other test file. The database servers
 * that tests need are started for the run (see scripts/servers); one that cannot be had is told at the end.
 *
 *   npm test                              everything
 *   npm test -- test/pool                 only these folders or files
 *   npm test -- --test-name-pattern=...   further options of `node --test`
 *
 * Stops at the first step that fails. The tests run last, so that the last lines are their summary.
 */
import { exec, spawnSync } from 'node:child_process'
import { globSync, readFileSync, statSync } from 'node:fs'
import { delimiter, join, relative, resolve } from 'node:path'
import { serversForTests } from './servers/for-tests.ts'
import { closeSite } from './servers/index.ts'
import { stripSources } from './stripped/strip.ts'

const root = resolve(import.meta.dirname, '..')
const environment = {
  ...process.env,
  PATH: [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter),
}
/** Tests that measure delays and memory: they run first and one by one, so that no other test disturbs them. */
const MEASURING = join('test', 'acceptance')
/** A test file that hangs fails after this long, in milliseconds. */
const TEST_FILE_TIMEOUT = 120_000
/** Nothing may be left out there. */
const isCi = Boolean(process.env.CI)
const MOST_OUTPUT = 16 * 1024 * 1024

const scripts: Record<string, string> = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts

/** Runs a script of package.json; what it prints is shown only when it fails. */
function staticStep(name: string): Promise<boolean> {
  const command = scripts[name]
  if (command === undefined) throw new Error(`package.json has no script "${name}"`)
  const start = performance.now()
  return new Promise((resolve) => {
    exec(command, { cwd: root, env: environment, maxBuffer: MOST_OUTPUT }, (error, stdout, stderr) => {
      const seconds = ((performance.now() - start) / 1000).toFixed(1)
      console.log(`${error ? 'FAILED' : 'ok    '} ${name.padEnd(7)} ${seconds.padStart(5)} s   ${command}`)
      if (error) process.stdout.write(stdout + stderr)
      resolve(!error)
    })
  })
}

/** The test files under the paths that were asked for; a path without any is a mistake of the caller. */
function testFiles(paths: string[]): string[] {
  const files = paths.flatMap((path) => {
    const absolute = resolve(path)
    const found = statSync(absolute).isDirectory() ? globSync('**/*.test.ts', { cwd: absolute }) : ['']
    if (found.length === 0) throw new Error(`no test files under ${path}`)
    return found.map((file) => relative(root, join(absolute, file)))
  })
  return [...new Set(files)].sort()
}

function runTests(name: string, files: string[], concurrency: number, options: string[]): boolean {
  if (files.length === 0) return true
  console.log(`run    ${name} ${String(files.length).padStart(4)} files`)
  const flags = [
    '--conditions=offloop-source',
    stripped.flag,
    '--test',
    `--test-concurrency=${concurrency}`,
    '--test-reporter=spec',
  ]
  const all = [...flags, `--test-timeout=${TEST_FILE_TIMEOUT}`, ...options, ...files]
  const run = spawnSync(process.execPath, all, { cwd: root, env: environment, stdio: 'inherit' })
  if (run.error) throw run.error
  return run.status === 0
}

const given = process.argv.slice(2)
const options = given.filter((argument) => argument.startsWith('-'))
const paths = given.filter((argument) => !argument.startsWith('-'))
const files = testFiles(paths.length > 0 ? paths : [join(root, 'test')])

const measuring = files.filter((file) => file.startsWith(MEASURING))
const others = files.filter((file) => !file.startsWith(MEASURING))

const starting = serversForTests()
using stripped = stripSources(root)
const checked = await Promise.all(['lint', 'types', 'layers'].map(staticStep))
const servers = await starting
Object.assign(environment, servers.environment)
const passed =
  checked.every((isRight) => isRight) &&
  runTests('measures', measuring, 1, options) &&
  runTests('tests   ', others, 2, options)
await closeSite()
for (const reason of servers.missing) console.log(`${isCi ? 'FAILED' : 'SKIPPED'} ${reason}`)
process.exitCode = passed && !(isCi && servers.missing.length > 0) ? 0 : 1
