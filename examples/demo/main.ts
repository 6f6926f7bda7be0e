/**
 * The demo: what is in node_modules, answered by SQL and by records off the event loop. `npm run demo -- --help` tells its options.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { ConnectionPool, SqlError } from 'offloop'
import { answer } from './answers.ts'
import { type Collection, collect } from './collect.ts'
import { load } from './load.ts'
import { DemoError, type Options, readOptions, usage } from './options.ts'
import { race } from './race.ts'
import { answerByRecords } from './records.ts'
import { count, print, size, time } from './screen.ts'

async function main(args: string[]): Promise<void> {
  const options = readOptions(args)
  if (options.help) return print(usage)
  const start = performance.now()
  await run(options)
  print()
  print(`Done in ${time(performance.now() - start)}.`)
}

async function run({ root, db, seconds }: Options): Promise<void> {
  const collection = await read(resolve(root))
  // Disposed of in reverse: the pool is closed before the folder of its file goes.
  await using folder = db === null ? await temporaryFolder() : null
  await using pool = folder
    ? new ConnectionPool('node-sqlite', { filename: join(folder.path, 'demo.db') })
    : new ConnectionPool(db ?? '')
  const start = performance.now()
  const rows = await load(pool, collection)
  print(`${count(rows)} rows in the database after ${time(performance.now() - start)}`)
  await answer(pool)
  await answerByRecords(pool)
  await race(pool, seconds)
}

async function read(root: string): Promise<Collection> {
  const start = performance.now()
  const collection = await collect(root)
  const { packages, dependencies, files } = collection
  const bytes = packages.reduce((sum, one) => sum + one.bytes, 0)
  print(`Read ${join(root, 'node_modules')} in ${time(performance.now() - start)}:`)
  print(
    `${count(packages.length)} packages, ${count(dependencies.length)} dependencies, ` +
      `${count(files.length)} files, ${size(bytes)}`,
  )
  return collection
}

async function temporaryFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'offloop-demo-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** One line for what went wrong outside this program; a defect inside it keeps its stack. */
function complain(error: unknown): void {
  const expected =
    error instanceof DemoError || error instanceof SqlError || (error instanceof Error && 'errno' in error)
  console.error(expected ? `demo: ${error.message}` : error)
  process.exitCode = 1
}

await main(process.argv.slice(2)).catch(complain)
