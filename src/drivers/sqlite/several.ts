import type { Tuple } from '../../contract/index.ts'
import { severalRowsText } from './insert-text.ts'
import type { NativeStatement } from './native.ts'
import type { Scan } from './scan.ts'

/** A statement that inserts several rows exactly as so many runs of another do one after the other. */
export interface Several {
  readonly native: NativeStatement
  readonly rows: number
}

/** More rows gain little more, and SQLite keeps the pages of one statement aside until it has ended. */
const MOST_ROWS = 16
const FEWEST_ROWS = 4
const MOST_VALUES = 512

/**
 * Makes of an INSERT of one row one of several; null where the text says otherwise, or where SQLite's program for it
 * shows that several rows at once could end differently from rows one by one.
 */
export function severalOf(sql: string, scan: Scan, prepare: (sql: string) => NativeStatement): Several | null {
  const width = scan.shape.parameterCount
  const rows = width === 0 ? 0 : Math.min(MOST_ROWS, Math.floor(MOST_VALUES / width))
  if (rows < FEWEST_ROWS) return null
  const text = severalRowsText(sql, rows)
  if (text === null) return null
  const program = prepare(`EXPLAIN ${text}`).all(new Array(rows * width).fill(null))
  return isRowByRow(program.map(instruction)) ? { native: prepare(text), rows } : null
}

interface Instruction {
  readonly opcode: unknown
  readonly p1: number
  readonly p2: number
  readonly p3: number
  readonly p4: unknown
}

function instruction([, opcode, p1, p2, p3, p4]: Tuple): Instruction {
  return { opcode, p1: Number(p1), p2: Number(p2), p3: Number(p3), p4 }
}

// SQLite's number for what undoes a failed statement and nothing else.
const ABORT = 2
/** Below it are the database itself and that of temporary tables; above, attached ones, whose schema is not watched. */
const ATTACHED = 2

/**
 * Reads SQLite's program. What bars several rows at once: triggers and virtual tables, which see the statement; a
 * failure that leaves earlier rows, or takes the transaction along; a row that may refer to a later row of the same
 * statement, since foreign keys are checked at its end; rows of the table that REPLACE takes away and a later row brings
 * back; and counters of changes.
 */
function isRowByRow(program: readonly Instruction[]): boolean {
  const written = new Set<number>()
  for (const { opcode, p2, p3 } of program) {
    if (opcode !== 'OpenWrite') continue
    if (p3 >= ATTACHED) return false
    written.add(p2 * ATTACHED + p3)
  }
  const has = (opcode: string) => program.some((found) => found.opcode === opcode)
  if (has('Delete') && (has('FkCounter') || has('FkIfZero'))) return false
  return !program.some((found) => bars(found, written))
}

function bars({ opcode, p1, p2, p3, p4 }: Instruction, written: ReadonlySet<number>): boolean {
  switch (opcode) {
    case 'Program':
    case 'VUpdate':
    case 'OpenEphemeral':
      return true
    case 'Halt':
    case 'HaltIfNull':
      return p1 !== 0 && p2 !== ABORT
    case 'OpenRead':
      // Cursor 0 is that of the table which keeps the numbers of AUTOINCREMENT.
      return p1 > 0 && written.has(p2 * ATTACHED + p3)
    case 'Function':
      return typeof p4 === 'string' && COUNTERS.test(p4)
    default:
      return false
  }
}

const COUNTERS = /^(?:total_)?changes\(/
