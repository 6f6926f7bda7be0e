import { spawnSync } from 'node:child_process'
import { readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

// The probes are JavaScript: a process that must strip types first would have loaded much of what they measure. They take
// the time before they touch process.stdout, which loads as much as an import does.
const IMPORT = `
const [name] = process.argv.slice(2)
const start = performance.now()
if (name === 'node-sqlite') {
  await import('node:sqlite')
  await import('./filler.mjs')
} else await import('./dist/index.js')
const milliseconds = performance.now() - start
process.stdout.write(String(milliseconds))
`

const QUERY = `
const [name, file] = process.argv.slice(2)
const sql = 'SELECT * FROM users WHERE id = 1'
const start = performance.now()
if (name === 'bare-thread') {
  const { Worker } = await import('node:worker_threads')
  const worker = new Worker(new URL('./thread.mjs', import.meta.url), { workerData: { file, sql } })
  await new Promise((resolve) => worker.once('message', resolve))
} else {
  const { ConnectionPool } = await import('./dist/index.js')
  const pool = new ConnectionPool(name.replace('offloop-', ''), { filename: file })
  await pool.runQuery(sql)
}
const milliseconds = performance.now() - start
process.stdout.write(String(milliseconds), () => process.exit())
`

const THREAD = `
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
const { file, sql } = workerData
parentPort.postMessage(new DatabaseSync(file).prepare(sql).all())
`

const CONNECTION = `
import { setTimeout } from 'node:timers/promises'
import { ConnectionPool } from './dist/index.js'
const [name, filename] = process.argv.slice(2)
const more = 4
async function residentWith(connections) {
  const pool = new ConnectionPool(name.replace('offloop-', ''), { filename }, { min: connections, max: connections })
  await pool.start()
  await Promise.all(Array.from({ length: 200 }, (_, id) => pool.runQuery('SELECT * FROM users WHERE id = ?', id)))
  await setTimeout(100)
  return process.memoryUsage.rss()
}
const one = await residentWith(1)
const added = (await residentWith(more)) - one
process.stdout.write(String(added / more / 2 ** 20), () => process.exit())
`

export type Probe = 'import' | 'query' | 'connection'

// What a user's process has to compile, a probe has to compile too.
const { NODE_COMPILE_CACHE: _, ...ENVIRONMENT } = process.env

const SCRIPTS = { import: IMPORT, query: QUERY, connection: CONNECTION, thread: THREAD }

/** Writes the probes beside the folder \dist of the built package. */
export function writeProbes(folder: string): void {
  for (const [name, script] of Object.entries(SCRIPTS)) writeFileSync(join(folder, `${name}.mjs`), script)
  writeFileSync(join(folder, 'filler.mjs'), `/*${'.'.repeat(loadedBytes(join(folder, 'dist')))}*/\n`)
}

/** Runs a probe in a process of its own and gives the number that it prints. */
export function runProbe(folder: string, name: Probe, words: readonly string[]): number {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, `${name}.mjs`), ...words], {
    encoding: 'utf8',
    env: ENVIRONMENT,
  })
  if (status !== 0) throw new Error(`The probe ${name} failed: ${stderr}`)
  return Number(stdout)
}

// What the main door loads: itself and one file beside it.
function loadedBytes(dist: string): number {
  const files = readdirSync(dist)
  const loaded = files.filter((file) => /^(index|core)\.js$/.test(file))
  return loaded.reduce((sum, file) => sum + statSync(join(dist, file)).size, 0)
}
