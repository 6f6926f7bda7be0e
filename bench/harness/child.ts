import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const LONGEST_MILLISECONDS = 180_000
const OPTIONS = { timeout: LONGEST_MILLISECONDS, maxBuffer: 2 ** 28 }

/** Runs a script of this folder in a process of its own, started as this one was; JSON goes in, JSON comes out. */
export function runChild<T>(script: URL, input: unknown): Promise<T> {
  const parameters = [...process.execArgv, fileURLToPath(script), JSON.stringify(input)]
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  execFile(process.execPath, parameters, OPTIONS, (error, stdout, stderr) => {
    if (error) return reject(new Error(stderr.trim() || (error.killed ? 'took too long' : error.message)))
    resolve(JSON.parse(stdout) as T)
  })
  return promise
}

/** What {@link runChild} gave to this process. */
export function childInput<T>(): T {
  return JSON.parse(process.argv[2] ?? 'null') as T
}

/** What {@link runChild} resolves to in the parent. */
export function childOutput(value: unknown): void {
  process.stdout.write(JSON.stringify(value))
}
