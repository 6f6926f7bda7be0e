import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, copyFileSync, existsSync, openSync, readFileSync, renameSync, rmSync, watch } from 'node:fs'
import { join } from 'node:path'
import { ConnectionPool } from 'offloop'

/** What a power cut left of a database. */
export interface PowerFigures {
  /** Writes that were acknowledged before the cut. */
  readonly acknowledged: number
  /** Acknowledged ones that are not there afterwards. */
  readonly lost: number
  /** Writes of which only a part is there. */
  readonly halves: number
  /** What PRAGMA integrity_check answers. */
  readonly integrity: string
}

export interface PowerCut {
  readonly driver: string
  /** A folder of its own for the database. */
  readonly folder: string
  /** The library that {@link compileShim} made. */
  readonly shim: string
  readonly durability: 'power' | 'crash'
  /** The cut comes once so many writes were acknowledged. */
  readonly acknowledgements: number
}

const program = join(import.meta.dirname, '../pool/fixtures/child.ts')

/** Compiles the library that keeps what is durable; gives why it cannot be had, where it cannot. */
export function compileShim(folder: string): { readonly shim: string } | { readonly missing: string } {
  if (process.platform !== 'linux') return { missing: 'power cuts are simulated on Linux only' }
  const shim = join(folder, 'durable.so')
  const source = join(import.meta.dirname, 'fixtures/durable.c')
  const run = spawnSync('cc', ['-shared', '-fPIC', '-O2', '-o', shim, source, '-ldl'], { encoding: 'utf8' })
  if (run.error) return { missing: `there is no C compiler: ${run.error.message}` }
  if (run.status !== 0) throw new Error(`the shim does not compile:\n${run.stderr}`)
  return { shim }
}

/**
 * Lets a process write without end, kills it, and puts in the place of each file what of it had been synchronised: all
 * that a power cut leaves. Whole files only; torn and reordered sectors are not simulated.
 */
export async function cutPower(cut: PowerCut): Promise<PowerFigures> {
  const file = join(cut.folder, `${cut.driver}-${cut.durability}-${cut.acknowledgements}.db`)
  const url = `${cut.driver}:${file}`
  {
    await using pool = new ConnectionPool(url)
    await pool.runOperation('CREATE TABLE t (i)')
  }
  copyFileSync(file, `${file}.durable`)
  const acknowledged = await killedWriter(`${url}?durability=${cut.durability}`, cut)
  for (const path of [file, `${file}-wal`]) {
    if (existsSync(`${path}.durable`)) renameSync(`${path}.durable`, path)
    else rmSync(path, { force: true })
  }
  // It is memory that the processes shared.
  rmSync(`${file}-shm`, { force: true })
  await using pool = new ConnectionPool(url)
  const found = await pool.runQuery<{ i: number; n: number }>('SELECT i, count(*) AS n FROM t GROUP BY i')
  const there = new Set(found.map(({ i }) => i))
  const [check] = await pool.runQuery<{ integrity_check: string }>('PRAGMA integrity_check')
  return {
    acknowledged: acknowledged.length,
    lost: acknowledged.filter((id) => !there.has(id)).length,
    halves: found.filter(({ n }) => n !== 2).length,
    integrity: check?.integrity_check ?? '',
  }
}

/** The writes that were acknowledged to a process that writes until it is killed. */
async function killedWriter(url: string, { shim, acknowledgements, folder }: PowerCut): Promise<number[]> {
  const flags = ['--conditions=offloop-source', '--disable-warning=ExperimentalWarning']
  // A file takes every line at once; a pipe may be full.
  const path = join(folder, 'acknowledged')
  const file = openSync(path, 'w+')
  const child = spawn(process.execPath, [...flags, program, 'inserts', url], {
    env: { ...process.env, LD_PRELOAD: shim },
    stdio: ['ignore', file, 'inherit'],
    timeout: 120_000,
    killSignal: 'SIGKILL',
  })
  const watcher = watch(path, () => {
    if (idsIn(readFileSync(path, 'utf8')).length >= acknowledgements) child.kill('SIGKILL')
  })
  const [, signal] = await once(child, 'close')
  watcher.close()
  closeSync(file)
  const output = readFileSync(path, 'utf8')
  const ids = idsIn(output)
  if (signal === 'SIGKILL' && ids.length >= acknowledgements) return ids
  throw new Error(`the writer ended by itself, after ${ids.length} writes: ${output.slice(-500)}`)
}

function idsIn(output: string): number[] {
  return output.split('\n').slice(0, -1).map(Number)
}
