import { join } from 'node:path'
import { parseArgs } from 'node:util'

export interface Options {
  readonly help: boolean
  /** The folder whose node_modules is read. */
  readonly root: string
  /** Where the rows go; null means a file that lives as long as the demo. */
  readonly db: string | null
  /** How long the deliberately heavy query should take. */
  readonly seconds: number
}

/** Something the person at the keyboard can mend; its message is all there is to say. */
export class DemoError extends Error {}

export const usage = `Usage: npm run demo -- [options]

Reads the packages in node_modules, loads them into a database through offloop, answers questions about
them, and shows what a heavy query does to the event loop, with offloop and without it.

Options:
  --root <folder>   the folder whose node_modules is read (default: this project)
  --db <url>        a database without tables to load and keep, such as sqlite:packages.db,
                    postgres://user@localhost/packages or mysql://user@localhost/packages
                    (default: a temporary SQLite file, removed at the end)
  --seconds <n>     about how long the heavy query takes, 0.05 to 10 (default: 1.5)
  --help            this text`

const SCHEMES = ['sqlite', 'postgres', 'postgresql', 'mysql', 'mariadb']

const config = {
  root: { type: 'string', default: join(import.meta.dirname, '..', '..') },
  db: { type: 'string' },
  seconds: { type: 'string', default: '1.5' },
  help: { type: 'boolean', default: false },
} as const

export function readOptions(args: string[]): Options {
  const { root, db, seconds, help } = parse(args)
  return { help, root, db: checkedUrl(db), seconds: checkedSeconds(seconds) }
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: config }).values
  } catch (error) {
    // What follows the first sentence is advice on positional arguments, of which there are none.
    const [sentence] = error instanceof Error ? error.message.split(/\.\s/) : [String(error)]
    throw new DemoError(`${sentence}. See --help.`, { cause: error })
  }
}

function checkedUrl(db: string | undefined): string | null {
  // SQLite by node:sqlite only: both runs of the heavy query must use the same SQLite library, since two of them in one
  // process undo each other's locks.
  if (db !== undefined && !SCHEMES.some((scheme) => db.startsWith(`${scheme}:`))) {
    throw new DemoError(`--db takes a URL of ${SCHEMES.join(', ')}, not '${db}'.`)
  }
  return db ?? null
}

function checkedSeconds(text: string): number {
  const seconds = Number(text)
  if (!(seconds >= 0.05 && seconds <= 10))
    throw new DemoError(`--seconds takes a number from 0.05 to 10, not '${text}'.`)
  return seconds
}
