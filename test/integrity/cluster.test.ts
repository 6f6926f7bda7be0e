import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, type TestContext, test } from 'node:test'
import { folder } from '../databases.ts'

const program = join(import.meta.dirname, 'fixtures/cluster.ts')
const FLAGS = ['--conditions=offloop-source', '--disable-warning=ExperimentalWarning']

/** Ends the program whose group this is, or what else is told. */
type End = (group: number, workers: readonly number[]) => void

const endings: Readonly<Record<string, { readonly end: End; readonly closed: number }>> = {
  'SIGINT to all, twice': {
    end(group) {
      process.kill(-group, 'SIGINT')
      process.kill(-group, 'SIGINT')
    },
    closed: 2,
  },
  'SIGTERM to the workers': {
    end(_group, workers) {
      for (const pid of workers) process.kill(pid, 'SIGTERM')
    },
    closed: 2,
  },
  // A worker of a cluster whose primary is gone is ended by Node.js at once.
  'SIGKILL of the primary': { end: (group) => void process.kill(group, 'SIGKILL'), closed: 0 },
}

async function check(t: TestContext, isolation: string, { end, closed }: { end: End; closed: number }): Promise<void> {
  const file = join(folder(t), 'test.db')
  const before = new DatabaseSync(file)
  before.exec('PRAGMA journal_mode = WAL; CREATE TABLE t (i)')
  before.close()
  const child = spawn(process.execPath, [...FLAGS, program, `node-sqlite:${file}`, isolation], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
    timeout: 60_000,
    killSignal: 'SIGKILL',
  })
  const group = child.pid as number
  let output = ''
  let ending = false
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    if (ending) return
    const workers = [...output.matchAll(/^worker (\d+)\n/gm)].map(([, pid]) => Number(pid))
    if (workers.length < 2) return
    ending = true
    end(group, workers)
  })
  // Its output is closed when the last process that has it is gone.
  await once(child, 'close')
  await nobodyIn(group)
  assert.equal(output.match(/^closed$/gm)?.length ?? 0, closed, output.slice(-200))
  const after = new DatabaseSync(file)
  assert.equal(after.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok')
  const rows = after.prepare('SELECT i, count(*) AS n FROM t GROUP BY i').all() as { i: number; n: number }[]
  after.close()
  for (const { i, n } of rows) assert.equal(n, 2, `half of ${i} is there`)
  const there = new Set(rows.map(({ i }) => i))
  const kept = [...output.matchAll(/^kept (\d+)\n/gm)].map(([, id]) => Number(id))
  for (const id of kept) assert.ok(there.has(id), `${id} was acknowledged and is not there`)
  assert.ok(kept.length >= 2)
}

/** Resolves once no process of the group lives; one that ended and that nobody has asked about does not. */
async function nobodyIn(group: number): Promise<void> {
  const bound = performance.now() + 5000
  for (let left = living(group); left.length > 0; left = living(group)) {
    assert.ok(performance.now() < bound, `left behind: ${left}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

function living(group: number): string[] {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return processes.filter((pid) => {
    try {
      const [state, , of] = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ')
      return Number(of) === group && state !== 'Z'
    } catch {
      // It has ended meanwhile.
      return false
    }
  })
}

const linux = { skip: process.platform === 'linux' ? false : 'looks for processes in /proc' }

describe('a cluster', { concurrency: 2 }, () => {
  for (const isolation of ['thread', 'process']) {
    for (const [name, ending] of Object.entries(endings)) {
      const title = `with a ${isolation} for each connection, ended by ${name}: nothing is left of it, and all that it told is there`
      test(`F99 DEF-020 ${title}`, linux, (t) => check(t, isolation, ending))
    }
  }
})
