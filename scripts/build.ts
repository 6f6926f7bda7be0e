/**
 * Compiles src/ into a folder that is emptied first.
 *
 *   node scripts/build.ts [folder]        folder: dist/ unless given
 */
import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const target = resolve(process.argv[2] ?? join(root, 'dist'))

rmSync(target, { recursive: true, force: true })
const compiler = join(root, 'node_modules/typescript/bin/tsc')
const options = ['-p', join(root, 'tsconfig.build.json'), '--outDir', target]
const { status, error } = spawnSync(process.execPath, [compiler, ...options], { stdio: 'inherit' })
if (error) throw error
process.exitCode = status ?? 1
