import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, type TestContext, test } from 'node:test'
import { type Database, folder, tunedDatabases } from '../databases.ts'

const program = join(import.meta.dirname, 'fixtures/ending.ts')
const FLAGS = ['--conditions=offloop-source', '--disable-warning=ExperimentalWarning']
/** Each ends in well under two seconds on a quiet machine. */
const BOUND = 30_000

const states = ['idle', 'query', 'interaction', 'queued']

interface Ending {
  readonly name: string
  readonly signal?: NodeJS.Signals
  readonly code: number | null
  /** The program ends by itself when all is done, and knows what became of each write. */
  readonly inOrder: boolean
}

const endings: readonly Ending[] = [
  { name: 'SIGTERM', signal: 'SIGTERM', code: null, inOrder: false },
  { name: 'SIGINT', signal: 'SIGINT', code: null, inOrder: false },
  { name: 'SIGKILL', signal: 'SIGKILL', code: null, inOrder: false },
  { name: 'uncaught', code: 1, inOrder: false },
  { name: 'exit', code: 5, inOrder: false },
  { name: 'end', code: 0, inOrder: true },
  { name: 'close', code: 0, inOrder: true },
]

interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly output: string
  readonly seconds: number
}

/** Runs the program in a process group of its own, so that whatever it leaves behind can be found. */
async function run(state: string, { name, signal }: Ending, url: string): Promise<Ended> {
  const child = spawn(process.execPath, [...FLAGS, program, state, name, url], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    timeout: BOUND,
    killSignal: 'SIGKILL',
  })
  let output = ''
  let ready = 0
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (ready > 0 || !output.includes('ready\n')) return
      ready = performance.now()
      if (signal) child.kill(signal)
    })
  }
  const [code, endedBy] = await once(child, 'close')
  assertNoOrphan(child)
  return { code, signal: endedBy, output, seconds: (performance.now() - ready) / 1000 }
}

function assertNoOrphan(child: ChildProcess): void {
  assert.throws(() => process.kill(-(child.pid as number), 0), { code: 'ESRCH' }, 'a process was left behind')
}

async function check(t: TestContext, database: Database, state: string, ending: Ending): Promise<void> {
  // Looked at by node:sqlite itself, which costs no thread.
  const file = join(folder(t), 'test.db')
  const before = new DatabaseSync(file)
  before.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (i)')
  before.close()
  const { output, seconds, ...end } = await run(state, ending, `${database.driver}:${file}`)
  assert.deepEqual(end, { code: ending.code, signal: ending.signal ?? null }, output)
  assert.ok(seconds < BOUND / 1000 - 1, `it took ${seconds} s to end`)
  const kept = [...output.matchAll(/^kept (\d+)$/gm)].map(([, id]) => Number(id))
  const refused = [...output.matchAll(/^refused (\d+) POOL_CLOSED$/gm)].map(([, id]) => Number(id))
  const after = new DatabaseSync(file)
  assert.equal(after.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok')
  const rows = after.prepare('SELECT i, count(*) AS n FROM t GROUP BY i').all() as { i: number; n: number }[]
  after.close()
  for (const { i, n } of rows) assert.equal(n, 2, `half of ${i} is there`)
  const there = new Set(rows.map(({ i }) => i))
  for (const id of kept) assert.ok(there.has(id), `${id} was acknowledged and is not there`)
  for (const id of refused) assert.ok(!there.has(id), `${id} was refused and is there`)
  if (ending.inOrder)
    assertInOrder(state, ending, output, { there: there.size, kept: kept.length, refused: refused.length })
  else if (state === 'interaction') assert.deepEqual([...there], [1], 'an open transaction leaves nothing')
}

interface Counts {
  readonly there: number
  readonly kept: number
  readonly refused: number
}

function assertInOrder(state: string, ending: Ending, output: string, { there, kept, refused }: Counts): void {
  assert.equal(there, kept, 'only what was acknowledged is there')
  const all: Record<string, number> = { idle: 1, query: 1, interaction: 2, queued: 101 }
  assert.equal(kept + refused, all[state], output)
  if (ending.name === 'end') assert.equal(refused, 0)
  else assert.match(output, /^closed\nclosed again$/m)
  if (state === 'query') assert.match(output, /^answered 1000000$/m)
}

const [first, ...others] = tunedDatabases as [Database, ...Database[]]

// Two at a time. What a driver itself can make different is whether a thread in its native code is left in peace.
describe('the end of a process', { concurrency: 2 }, () => {
  const rows = states.map((state) => ({ database: first, state }))
  for (const database of others) rows.push({ database, state: 'query' })
  for (const { database, state } of rows) {
    for (const ending of endings) {
      const title = `${database.name}, ${state}, ended by ${ending.name}: what was acknowledged is there, and nothing by half`
      test(`NOD-013 NOD-014 F38 ${title}`, (t) => check(t, database, state, ending))
    }
  }
})
