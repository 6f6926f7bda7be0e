/** What a thread, or a process in its place, is started with. */
export interface ThreadStart {
  /** The module that exports the blocking driver. */
  readonly driverModule: string
  /** The module that is the thread when the driver brings one of its own, which loads faster than two. */
  readonly entry?: string | undefined
  /** Names it to debuggers and in `top`. */
  readonly name: string
}

/** The flags that every thread and process is started with. The application's are not its business, save for these. */
export function ownFlags(): string[] {
  return ['--disable-warning=ExperimentalWarning', ...conditions(process.execArgv)]
}

/** The flags among these that say which of a package's exports are meant: by them its name finds its module. */
export function conditions(flags: readonly string[]): string[] {
  return flags.flatMap((flag, i) => {
    if (flag.startsWith('--conditions=') || flag.startsWith('-C=')) return [flag]
    return flag === '--conditions' || flag === '-C' ? flags.slice(i, i + 2) : []
  })
}

/** Those of the application's variables that a thread or a process has too; all others may be secrets. */
export function ownEnvironment(...names: string[]): Record<string, string> {
  const own: Record<string, string> = {}
  // The time zone is the database's business: SQLite's 'localtime'.
  for (const name of ['TZ', ...names]) {
    const value = process.env[name]
    if (value !== undefined) own[name] = value
  }
  return own
}
