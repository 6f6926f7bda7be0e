/**
 * Loaded first by every process and thread of a test run (see strip.ts): where a source of this repository was stripped
 * of its types before the run, its JavaScript is taken instead. All else, the module's URL, its lines and its columns,
 * is as Node has it by itself.
 *
 * Runs as JavaScript from the folder where the stripped sources are, and imports nothing of the repository.
 */
import { existsSync, readFileSync } from 'node:fs'
import { registerHooks, syncBuiltinESMExports } from 'node:module'
import { promisify } from 'node:util'
import { isMainThread, Worker, type WorkerOptions } from 'node:worker_threads'

const here = new URL(import.meta.url)
/** The URL of the repository, with a slash at its end. */
const root = here.searchParams.get('root') as string
const folder = new URL('.', here).href
const flag = `--import=${here.href}`

/** Where the JavaScript of a source is; null for one that was not stripped, such as a file that a test wrote. */
function stripped(url: string): URL | null {
  if (!url.startsWith(root) || !url.endsWith('.ts')) return null
  const file = new URL(folder + url.slice(root.length))
  return existsSync(file) ? file : null
}

registerHooks({
  resolve(specifier, context, next) {
    if (!specifier.startsWith('.') || context.parentURL === undefined) return next(specifier, context)
    const url = new URL(specifier, context.parentURL).href
    return stripped(url) ? { url, format: 'module', shortCircuit: true } : next(specifier, context)
  },
  load(url, context, next) {
    const file = stripped(url)
    return file ? { format: 'module', source: readFileSync(file), shortCircuit: true } : next(url, context)
  },
})

// Tests look at the flags that offloop gives to threads and processes, and this one is not from offloop.
process.execArgv = process.execArgv.filter((given) => given !== flag)

/** A thread with flags of its own does not inherit the flag. */
class StrippedWorker extends Worker {
  constructor(filename: string | URL, options: WorkerOptions = {}) {
    super(filename, options.execArgv ? { ...options, execArgv: [...options.execArgv, flag] } : options)
  }
}

type Start = (file: string, args?: unknown, ...rest: unknown[]) => unknown

/** Node started as a process gets the flag too; other programs, and Node without arguments, are left alone. */
function flagged(start: Start): Start {
  const adapt =
    (inner: Start): Start =>
    (file, args, ...rest) =>
      inner(file, file === process.execPath && Array.isArray(args) ? [flag, ...args] : args, ...rest)
  const promised: Start | undefined = Reflect.get(start, promisify.custom)
  return Object.assign(adapt(start), promised && { [promisify.custom]: adapt(promised) })
}

Object.assign(process.getBuiltinModule('node:worker_threads'), { Worker: StrippedWorker })
if (isMainThread) {
  const processes = process.getBuiltinModule('node:child_process')
  for (const name of ['spawn', 'spawnSync', 'execFile', 'execFileSync'] as const) {
    Object.assign(processes, { [name]: flagged(processes[name] as Start) })
  }
}
syncBuiltinESMExports()
