import type { ConnectionPool } from 'offloop'
import { connect } from 'offloop/record'
import { Author, File, models, Note, Package } from './models.ts'
import { count, heading, print, safe, size, table } from './screen.ts'

const SHOWN = 6
const SHOWN_NAMES = 2

/** Asks the same database through models, and prints what their records and relations hold. */
export async function answerByRecords(pool: ConnectionPool): Promise<void> {
  const asked = { statements: 0, rows: 0 }
  connect(pool, models, {
    log({ rows }) {
      asked.statements++
      asked.rows += Math.max(rows, 0)
    },
  })
  await showNeeded()
  await showAuthors()
  await takeNotes()
  await showNotes()
  print(`Asked by records: ${count(asked.statements)} statements, ${count(asked.rows)} rows.`)
}

// Each relation that is included takes one query more, however many packages there are.
async function showNeeded(): Promise<void> {
  heading('The packages that most others need, by their relations')
  const packages = await Package.orderBy('name', 'path').include('neededBy', 'authors')
  const needed = packages.filter(({ neededBy }) => neededBy.value.length > 0)
  if (needed.length === 0) return print('None: no package needs another.')
  const most = needed.sort((a, b) => b.neededBy.value.length - a.neededBy.value.length).slice(0, SHOWN)
  table(
    [['package'], ['needed by', 'right'], ['which are'], ['written by']],
    most.map(({ name, neededBy, authors }) => {
      return [safe(name), neededBy.value.length, namesOf(neededBy.value), namesOf(authors.value)]
    }),
  )
}

async function showAuthors(): Promise<void> {
  heading('Who wrote most packages')
  const authors = await Author.orderBy('name').include({ packages: 'neededBy' })
  if (authors.length === 0) return print('Nobody: no package tells who wrote it.')
  const most = authors.sort((a, b) => b.packages.value.length - a.packages.value.length).slice(0, SHOWN)
  table(
    [['author'], ['packages', 'right'], ['which are'], ['needed by', 'right']],
    most.map(({ name, packages }) => {
      const users = new Set(packages.value.flatMap(({ neededBy }) => neededBy.value.map(({ id }) => id)))
      return [safe(name), packages.value.length, namesOf(packages.value), users.size]
    }),
  )
}

/** Notes belong to packages and to files. All of them are taken, or none. */
async function takeNotes(): Promise<void> {
  await Note.transaction(async () => {
    const packages = await Package.orderBy('-bytes', 'path').limit(2)
    const files = await File.orderBy('-bytes', 'path').limit(2)
    for (const subject of [...packages, ...files]) await subject.notes.create({ text: 'one of the two largest' })
  })
}

async function showNotes(): Promise<void> {
  heading('Notes on packages and on files, by one relation to both')
  const notes = await Note.orderBy('id').include('subject')
  table(
    [['on'], ['which is'], ['of', 'right'], ['note']],
    notes.flatMap(({ text, subject: { value: subject } }) => {
      if (subject === null) return []
      return [[subject instanceof File ? 'a file' : 'a package', safe(subject.path), size(subject.bytes), text]]
    }),
  )
}

function namesOf(named: readonly { readonly name: string }[]): string {
  if (named.length === 0) return '?'
  const names = named.map(({ name }) => name)
  const shown = names.length > SHOWN_NAMES ? [...names.slice(0, SHOWN_NAMES), '…'] : names
  return safe(shown.join(', '))
}
