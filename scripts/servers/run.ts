/** Programs that end by themselves. */
import { spawn } from 'node:child_process'
import type { Account } from './account.ts'

interface Run {
  readonly account?: Account | undefined
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>> | undefined
  /** What the program reads. */
  readonly input?: string
  /** Milliseconds after which it is killed. */
  readonly patience?: number
}

const MOST_SHOWN = 2000

/** What the program printed. Rejects with the end of it when the program failed. */
export function run(command: readonly string[], options: Run = {}): Promise<string> {
  const { account, cwd = '/', env = {}, input = '', patience = 300_000 } = options
  const [program, ...args] = command as [string, ...string[]]
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const child = spawn(program, args, {
    cwd,
    env: { ...plainEnvironment(), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: patience,
    killSignal: 'SIGKILL',
    ...account,
  })
  const printed: Buffer[] = []
  child.stdout.on('data', (data: Buffer) => printed.push(data))
  child.stderr.on('data', (data: Buffer) => printed.push(data))
  // A program that does not read what it is given has its own way of saying so.
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  child.on('error', reject)
  child.on('close', (code, signal) => {
    const text = Buffer.concat(printed).toString()
    if (code === 0) resolve(text)
    else reject(new Error(`${program} failed (${signal ?? code}): ${text.slice(-MOST_SHOWN).trim()}`))
  })
  return promise
}

/** Nothing of what a user has set for database programs, and messages in English. */
export function plainEnvironment(): Record<string, string> {
  const { PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' } = process.env
  return { PATH, LC_ALL: 'C', TZ: 'UTC' }
}
