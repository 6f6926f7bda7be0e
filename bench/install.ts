/*
 * Installs what bench/package.json names, unless it is there: `npm ci` in the root leaves it out, since only the
 * benchmark needs it. Without it the benchmark runs all the same, with the peers that are there. A binary for sqlite3,
 * which Sequelize needs too, is compiled: none comes with it.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'

const folder = import.meta.dirname
const LONGEST = 600_000
const installed = join(folder, 'node_modules/.package-lock.json')
const wanted = join(folder, 'package-lock.json')
const isCurrent = existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs

if (!isCurrent) {
  process.stderr.write('Installing the peers, once: npm ci --prefix bench\n')
  const words = ['ci', '--ignore-scripts', '--no-audit', '--no-fund']
  const { status } = spawnSync('npm', words, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  if (status === 0) compile()
  else process.stderr.write('That failed: the peers that need it are absent.\n')
}

function compile(): void {
  process.stderr.write('Compiling sqlite3, once: npm run build-sqlite3 --prefix bench\n')
  const { status } = spawnSync('npm', ['run', 'build-sqlite3'], { cwd: folder, stdio: 'ignore', timeout: LONGEST })
  if (status !== 0) process.stderr.write('That failed: sqlite3 and sequelize are absent.\n')
}
