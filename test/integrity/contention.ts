import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { ConnectionPool } from 'offloop'

/** What became of transfers by two processes that get into each other's way. */
export interface ContentionFigures {
  readonly transfers: number
  /** Told as committed. */
  readonly done: number
  /** Attempts beyond the first. */
  readonly again: number
  /** Told as committed and not in the ledger; in the ledger more than once. */
  readonly missing: number
  readonly doubled: number
  /** In the ledger without having been told, of a process that went on to its end. */
  readonly untold: number
  /** By how much the accounts differ from what the ledger says. */
  readonly wrongSum: number
}

const program = join(import.meta.dirname, 'fixtures/contender.ts')
const FLAGS = ['--conditions=offloop-source', '--disable-warning=ExperimentalWarning']

interface Contender {
  readonly child: ChildProcess
  readonly ended: Promise<unknown>
  /** Resolves once it has been refused for the first time. */
  readonly refused: Promise<void>
  output: string
}

async function contender(url: string, name: string, count: number): Promise<Contender> {
  const child = spawn(process.execPath, [...FLAGS, program, url, name, String(count)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: 120_000,
    killSignal: 'SIGKILL',
  })
  const { promise: refused, resolve: onRefused } = Promise.withResolvers<void>()
  const found: Contender = { child, ended: once(child, 'close'), refused, output: '' }
  const ready = new Promise<void>((resolve) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      found.output += text
      if (found.output.includes('ready\n')) resolve()
      if (found.output.includes('again\n')) onRefused()
    })
  })
  await Promise.race([ready, found.ended])
  return found
}

/**
 * Lets two processes make transfers in one file, with hardly any patience for its lock; if told so, one of them is killed
 * in the midst of it.
 */
export async function contend(url: string, transfers: number, kill: boolean): Promise<ContentionFigures> {
  await using pool = new ConnectionPool(url)
  await pool.runOperation('CREATE TABLE accounts (id INTEGER PRIMARY KEY, cents INTEGER)')
  await pool.runOperation('INSERT INTO accounts VALUES (1, 0), (2, 0)')
  await pool.runOperation('CREATE TABLE ledger (id, attempt)')
  const both = await Promise.all([contender(url, 'a', transfers), contender(url, 'b', transfers)])
  // The lock is held until each has found that it is.
  await pool.runInteraction(async () => {
    for (const { child } of both) child.stdin?.end('go\n')
    await Promise.all(both.map((one) => Promise.race([one.refused, one.ended])))
  })
  const [killed] = both
  if (kill)
    killed.child.stdout?.on('data', () => void (dones(killed).length > transfers / 4 && killed.child.kill('SIGKILL')))
  await Promise.all(both.map(({ ended }) => ended))
  const told = both.flatMap(dones)
  const ledger = (await pool.runQuery<[string]>('SELECT id FROM ledger', [], { rowMode: 'array' })).map(([id]) => id)
  const there = new Set(ledger)
  const [row] = await pool.runQuery<{ difference: number }>(
    'SELECT sum(cents * (id * 2 - 3)) AS difference FROM accounts',
  )
  const again = both.reduce((sum, { output }) => sum + (output.match(/^again$/gm)?.length ?? 0), 0)
  const counted = new Set(told)
  return {
    transfers: 2 * transfers,
    done: told.length,
    again,
    missing: told.filter((id) => !there.has(id)).length,
    doubled: ledger.length - there.size,
    untold: ledger.filter((id) => !counted.has(id) && !(kill && id.startsWith('a'))).length,
    wrongSum: (row?.difference ?? 0) - 2 * ledger.length,
  }
}

function dones({ output }: Contender): string[] {
  return [...output.matchAll(/^done (\S+)$/gm)].map(([, id]) => id as string)
}
