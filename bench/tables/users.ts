import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Random, seededRandom } from '../harness/random.ts'

/** The statement of all point reads. */
export const POINT_READ = 'SELECT * FROM users WHERE id = ?'

const CHECKED_READS = 500
const NAMES = ['Adams', 'Brandt', 'Costa', 'Dubois', 'Eriksson', 'Fischer', 'García', 'Hansen', 'Jørgensen']
const FORENAMES = ['Ann', 'Bruno', 'Chloé', 'David', 'Elena', 'Frank', 'Grace', 'Henrik', 'John', 'Zoë']
const PROSE =
  'Reads more than there is time for, walks to work, keeps bees, repairs old radios and plays the cello badly. ' +
  'Once crossed the Alps on a bicycle with two flat tyres, and has told the story to everybody since then. '
const ABROAD = 'Né à Zürich, vécut à São Paulo. '

/** Where {@link createUsers} puts a table of so many rows. */
export function usersFile(folder: string, rows: number): string {
  return join(folder, `users-${rows}.db`)
}

/** Writes a database with the table `users` of so many rows, ids from 1, always the same ones; once per folder. */
export function createUsers(folder: string, rows: number): void {
  const file = usersFile(folder, rows)
  if (existsSync(file)) return
  const database = new DatabaseSync(file)
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF')
  database.exec(`CREATE TABLE users (
    id INTEGER PRIMARY KEY, login TEXT NOT NULL, name TEXT NOT NULL, forename TEXT NOT NULL,
    age INTEGER NOT NULL, score REAL NOT NULL, bio TEXT)`)
  const insert = database.prepare('INSERT INTO users VALUES (?, ?, ?, ?, ?, ?, ?)')
  database.exec('BEGIN')
  for (const user of makeUsers(rows)) insert.run(...user)
  database.exec('COMMIT')
  database.close()
}

type User = [id: number, login: string, name: string, forename: string, age: number, score: number, bio: string | null]

/** The rows of the table, in the order of its columns. */
export function* makeUsers(rows: number): Generator<User> {
  const random = seededRandom(rows)
  for (let id = 1; id <= rows; id++) {
    const name = pick(NAMES, random)
    const forename = pick(FORENAMES, random)
    yield [id, `user${id}`, name, forename, 18 + random(70), score(random), bio(random)]
  }
}

/** Which rows all peers must read alike: the first, the last, one that is not there, and some at random. */
export function checkedIds(rows: number): number[] {
  const random = seededRandom(rows)
  return [1, rows, rows + 1, ...Array.from({ length: CHECKED_READS }, () => 1 + random(rows))]
}

function pick(list: readonly string[], random: Random): string {
  return list[random(list.length)] ?? ''
}

function score(random: Random): number {
  return random(1_000_000) / 1000
}

// One in sixteen has none, one in eight is not ASCII: text that is not decodes by another path.
function bio(random: Random): string | null {
  if (random(16) === 0) return null
  const start = random(PROSE.length - 120)
  return (random(8) === 0 ? ABROAD : '') + PROSE.slice(start, start + 20 + random(100))
}
