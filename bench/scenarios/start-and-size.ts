import { spawnSync } from 'node:child_process'
import { copyFileSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Column, wall } from '../harness/columns.ts'
import type { Conditions, Scenario, Trial, Variant } from '../harness/scenario.ts'
import { spread } from '../harness/summary.ts'
import { ownPeers } from '../peers/index.ts'
import type { Peer } from '../peers/peer.ts'
import { createUsers, usersFile } from '../tables/users.ts'
import { type Probe, runProbe, writeProbes } from './start-probes.ts'

const ROWS = 10_000
const REPETITIONS = 3
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const memory: Column = { head: 'MB', figures: ['megabytes'], digits: 2 }
const dependencies: Column = { head: 'dependencies', figures: ['dependencies'], digits: 0 }

interface StartAndSize extends Variant {
  readonly what: Probe | 'package'
}

/** S12: what offloop costs before it does anything. */
export const startAndSize: Scenario<StartAndSize> = {
  code: 'S12',
  name: 'start-and-size',
  title: 'Start and size: the built package, each time in a process of its own',
  peers: ['node-sqlite', 'bare-thread', ...ownPeers],
  baselines: [
    { label: 'bare import', peers: ['node-sqlite'] },
    { label: 'bare thread', peers: ['bare-thread'] },
  ],
  columns: [wall, memory, dependencies],
  charts: [{ figure: 'milliseconds', title: 'Milliseconds to start' }],
  targets: [
    { figure: 'milliseconds', to: 'bare import', atMost: 1.5, appliesTo: ({ what }) => what === 'import' },
    { figure: 'milliseconds', to: 'bare thread', atMost: 1.3, appliesTo: ({ what }) => what === 'query' },
    { figure: 'megabytes', atMost: 10, appliesTo: ({ what }) => what === 'connection' },
    { figure: 'dependencies', atMost: 3, appliesTo: ({ what }) => what === 'package' },
  ],
  budget: { firstMilliseconds: 0, warmUpMilliseconds: 0, timedMilliseconds: 0 },
  notes: [
    `The median of ${REPETITIONS} processes in each block (of the memory: one), nothing warmed up.`,
    "import: import('offloop') as npm installs it, against import('node:sqlite') and a module of a comment as long as " +
      'what offloop loads.',
    'first query: from before the import to the first row, against a thread that imports node:sqlite, opens the same ' +
      'file and posts the row.',
    'one connection more: resident memory with five connections that have each read, less that with one, by four.',
    'package: what npm unpacks, in MB, and its runtime dependencies.',
  ],
  variants: () => [
    { name: 'import', what: 'import', peers: ['node-sqlite', ...ownPeers.slice(0, 1)] },
    { name: 'first query', what: 'query', peers: ['bare-thread', ...ownPeers] },
    { name: 'one connection more', what: 'connection', peers: ownPeers },
    { name: 'package', what: 'package', peers: ownPeers.slice(0, 1), blocks: 1 },
  ],
  prepare(folder) {
    createUsers(folder, ROWS)
    const { status, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts/build.ts'), join(folder, 'dist')])
    if (status !== 0) throw new Error(`The build failed: ${stderr}`)
    // Without it Node would read each file twice to find out that it is a module.
    copyFileSync(join(ROOT, 'package.json'), join(folder, 'package.json'))
    writeProbes(folder)
  },
  trial,
}

async function trial(_: Peer, { what }: StartAndSize, { peer, folder }: Conditions): Promise<Trial> {
  if (what === 'package') return { hash: null, figures: packageFigures(folder) }
  const words = [peer, usersFile(folder, ROWS)]
  const measured = () => {
    const values = Array.from({ length: what === 'connection' ? 1 : REPETITIONS }, () => runProbe(folder, what, words))
    return spread(values).median
  }
  return { hash: null, figures: what === 'connection' ? { megabytes: measured() } : { milliseconds: measured() } }
}

function packageFigures(folder: string) {
  const { files, dependencies = {} } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const always = ['package.json', 'README.md', 'LICENSE']
  const paths = [...always, ...files].map((name: string) => join(name === 'dist' ? folder : ROOT, name))
  const bytes = paths.reduce((sum, path) => sum + sizeOf(path), 0)
  return { megabytes: bytes / 1e6, dependencies: Object.keys(dependencies).length }
}

function sizeOf(path: string): number {
  const entry = statSync(path)
  if (!entry.isDirectory()) return entry.size
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0)
}
