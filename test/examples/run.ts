import { execFile } from 'node:child_process'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..', '..')

export interface Finished {
  readonly code: number | string | null | undefined
  readonly stdout: string
  readonly stderr: string
}

/** Runs Node on its own until it ends by itself; `code` is no number when it had to be ended. */
export function runNode(args: readonly string[], env: Record<string, string> = {}): Promise<Finished> {
  const { FORCE_COLOR, NODE_TEST_CONTEXT, ...inherited } = process.env
  const options = { cwd: root, env: { ...inherited, ...env }, timeout: 60_000, killSignal: 'SIGKILL' } as const
  return new Promise((resolve) => {
    execFile(process.execPath, ['--conditions=offloop-source', ...args], options, (error, stdout, stderr) => {
      resolve({ code: error ? error.code : 0, stdout, stderr })
    })
  })
}

/** Runs one file of the examples folder. */
export function runExample(
  path: string,
  args: readonly string[] = [],
  env?: Record<string, string>,
): Promise<Finished> {
  return runNode([join('examples', path), ...args], env)
}

/** The same for an example that prints fixed lines and nothing else. */
export async function linesOf(path: string, args: readonly string[] = []): Promise<Finished & { lines: string[] }> {
  const finished = await runExample(path, args)
  return { ...finished, lines: finished.stdout.split('\n').slice(0, -1) }
}
