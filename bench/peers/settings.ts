import { ability, type Row, type Session, type Value } from './peer.ts'

/** SQLite settings by the name of their PRAGMA, with the value that SQLite answers with. */
export interface Settings {
  readonly journal_mode: 'wal'
  readonly synchronous: 1 | 2
  /** Below zero: in KiB. */
  readonly cache_size: number
  readonly mmap_size: number
}

/** What all peers get, so that what differs is the peers. */
export const equalSettings: Settings = {
  journal_mode: 'wal',
  synchronous: 2,
  cache_size: -16_384,
  mmap_size: 268_435_456,
}

/** The same, with commits that survive a crash of the process but not always a power cut. */
export const normalSettings: Settings = { ...equalSettings, synchronous: 1 }

/** What a scenario with equal settings says of them. */
export const settingsNote = `All peers have ${pragmas(equalSettings).join(', ')} unless said otherwise.`

/** The statements that make these settings. */
export function pragmas(settings: Settings | null): string[] {
  return Object.entries(settings ?? {}).map(([name, value]) => `PRAGMA ${name} = ${value}`)
}

/** Asks the session which settings it has; throws when one is not as it should be. */
export async function verifySettings(session: Session, settings: Settings): Promise<void> {
  const one = ability(session, 'one')
  for (const [name, expected] of Object.entries(settings)) {
    const row = await one(`PRAGMA ${name}`)()
    const actual = onlyValue(row)
    if (actual !== expected) throw new Error(`PRAGMA ${name} is ${actual} instead of ${expected}`)
  }
}

function onlyValue(row: Row | undefined): Value | undefined {
  return Object.values(row ?? {})[0]
}
