/**
 * Where the milliseconds of a first query go, beside a bare thread: medians of processes that take turns. Times count
 * from before the import. The package is built first.
 *
 *   node scripts/start-profile.ts <database file> [query] [processes]
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const [file, sql = 'SELECT 1', processes = '15'] = process.argv.slice(2)
if (!file) throw new Error('node scripts/start-profile.ts <database file> [query] [processes]')

const HEAD = `
const [file, sql, driver] = process.argv.slice(2)
const marks = [], start = performance.now()
const mark = (name) => marks.push([name, performance.now() - start])
process.on('worker', (worker) => {
  mark('a thread is asked for')
  worker.once('online', () => mark('the thread runs its file'))
})
`
const TAIL = `
mark('answered')
process.stdout.write(JSON.stringify(marks), () => process.exit())
`
const BARE = `${HEAD}
const { Worker } = await import('node:worker_threads')
mark('imported')
const worker = new Worker(new URL('./thread.mjs', import.meta.url), { workerData: { file, sql } })
await new Promise((resolve) => worker.once('message', resolve))
${TAIL}`
const THREAD = `
import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
const { file, sql } = workerData
parentPort.postMessage(new DatabaseSync(file).prepare(sql).all())
`
const POOL = `${HEAD}
const { ConnectionPool } = await import('./dist/index.js')
mark('imported')
const pool = new ConnectionPool(driver, { filename: file })
mark('the pool is made')
await pool.runQuery(sql)
${TAIL}`

type Mark = [name: string, milliseconds: number]

const root = resolve(import.meta.dirname, '..')
const folder = mkdtempSync(join(tmpdir(), 'offloop-start-'))
const build = spawnSync(process.execPath, [join(root, 'scripts/build.ts'), join(folder, 'dist')], { stdio: 'inherit' })
if (build.status !== 0) process.exit(1)
copyFileSync(join(root, 'package.json'), join(folder, 'package.json'))
for (const [name, code] of Object.entries({ bare: BARE, thread: THREAD, pool: POOL })) {
  writeFileSync(join(folder, `${name}.mjs`), code)
}

const subjects = ['bare', 'node-sqlite', 'better-sqlite3'].map((name) => ({ name, marks: new Map<string, number[]>() }))
for (let turn = 0; turn < Number(processes); turn++) {
  for (const { name, marks } of subjects) {
    for (const [mark, time] of probe(name)) marks.set(mark, [...(marks.get(mark) ?? []), time])
  }
}
for (const { name, marks } of subjects) {
  process.stdout.write(`${name}\n`)
  for (const [mark, times] of marks) {
    const median = times.sort((a, b) => a - b)[times.length >> 1] ?? 0
    process.stdout.write(`${median.toFixed(1).padStart(8)} ms  ${mark}\n`)
  }
}
rmSync(folder, { recursive: true })

function probe(name: string): Mark[] {
  const script = join(folder, name === 'bare' ? 'bare.mjs' : 'pool.mjs')
  const words = [script, resolve(file as string), sql, name]
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', cwd: root })
  if (status !== 0) throw new Error(stderr)
  return JSON.parse(stdout)
}
