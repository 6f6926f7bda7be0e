import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorClasses } from '../../src/contract/errors.ts'
import { classify } from '../../src/drivers/sqlite/classes.ts'
import { codeName } from '../../src/drivers/sqlite/codes.ts'
import { read } from '../repository/source.ts'
import { raisedErrors, raisedIn } from './raised.ts'
import { tablesUnder } from './tables.ts'

const DOCUMENT = 'docs/errors.md'
const document = read(DOCUMENT)
const kinds = tablesUnder(document, 'Kinds').flat()
const codes = tablesUnder(document, 'Codes of offloop').flat()
const native = tablesUnder(document, 'Codes of SQLite').flat()

test('DBA-012 the tree of docs/errors.md is that of the classes', () => {
  const places = [...document.matchAll(/^( *)- `(\w+)`/gm)].map(([, indent, name]) => [String(indent).length / 2, name])
  const path: string[] = []
  const parents = places.map(([depth, name]) => {
    path.splice(Number(depth), path.length, String(name))
    return [String(name), path.at(-2) ?? 'Error']
  })
  const classes = Object.entries(errorClasses).map(([name, Class]) => [name, Object.getPrototypeOf(Class).name])
  const sorted = (pairs: string[][]) => pairs.map((pair) => pair.join(' is a ')).sort()
  assert.deepEqual(sorted(parents), sorted(classes), `mend the list under "Classes" in ${DOCUMENT}`)
})

test('docs/errors.md has every kind, and no other', () => {
  const known = [...read('src/contract/kind.ts').matchAll(/^ {2}\| '(\w+)'$/gm)].map(([, kind]) => String(kind))
  const listed = kinds.map(({ kind }) => String(kind))
  const advice = `mend the table under "Kinds" in ${DOCUMENT}: one row for each word of src/contract/kind.ts`
  assert.deepEqual(listed.sort(), known.sort(), advice)
  for (const row of [...codes, ...native]) {
    for (const kind of row.kind ? [row.kind] : []) assert.ok(known.includes(kind), `${row.code}: "${kind}" is no kind`)
  }
})

test('docs/errors.md has every code that the source gives, as the source gives it, and no other', () => {
  const listed = new Map(codes.map((row) => [row.code, row]))
  assert.equal(listed.size, codes.length, `a code has two rows in ${DOCUMENT}`)
  const raised = raisedErrors().filter(({ code }) => !code.startsWith('SQLITE_'))
  const faults = raised.flatMap((error) => {
    const row = listed.get(error.code)
    if (!row) return [`${error.file}: ${error.code} is missing`]
    const wrong = differences(error, row, new Set(raised.filter(({ code }) => code === error.code).map(isRetryable)))
    return wrong.length > 0 ? [`${error.file}: the row of ${error.code} should say ${wrong.join(', ')}`] : []
  })
  for (const code of listed.keys()) {
    if (!raised.some((error) => error.code === code)) faults.push(`${code} is in the document, but nowhere in src/`)
  }
  const advice = `mend the tables under "Codes of offloop" in ${DOCUMENT}: one row for each code: '...' in src/`
  assert.deepEqual([...new Set(faults)], [], advice)
})

type Made = ReturnType<typeof raisedErrors>[number]

const isRetryable = ({ retryable }: Made) => (retryable ? 'yes' : 'no')

/** What a row should say otherwise; `said` is what is said anywhere of whether its code is retryable. */
function differences(error: Made, row: Readonly<Record<string, string>>, said: ReadonlySet<string>): string[] {
  const platform = error.code === 'INVALID_OPTION' || error.code === 'UNSUPPORTED_NODE' || error.class === undefined
  const retryable = said.size > 1 ? 'either' : isRetryable(error)
  const wrong: string[] = []
  if (!platform && row.class !== error.class) wrong.push(`class ${error.class}`)
  if (error.kind !== undefined && row.kind !== error.kind) wrong.push(`kind ${error.kind}`)
  if (row.retryable !== retryable) wrong.push(`retryable ${retryable}`)
  return wrong
}

test('DBA-014 DBA-015 DBA-016 DBA-017 DBA-018 DBA-019 docs/errors.md says of each code of SQLite what the drivers say', () => {
  const listed = new Map(native.map((row) => [row.code, row]))
  for (let code = 1; code < 64 << 8; code++) {
    const name = codeName(code)
    if ((code & 0xff) === 0 || (code & 0xff) > 28) continue
    const row = listed.get(name) ?? listed.get(name.split('_').slice(0, 2).join('_'))
    const { type, kind, retryable } = classify(name, 'something else')
    const said = { class: type, kind, retryable: retryable ? 'yes' : 'no' }
    assert.ok(row, `${name} is missing under "Codes of SQLite" in ${DOCUMENT}`)
    assert.deepEqual({ class: row.class, kind: row.kind, retryable: row.retryable }, said, name)
  }
  const names = new Set(Array.from({ length: 64 << 8 }, (_, code) => codeName(code)))
  for (const name of listed.keys()) assert.ok(names.has(String(name)), `${name} is no code of SQLite`)
})

test('the errors that a source makes are found with what it says of them', () => {
  const text = `
    throw new TimeoutError('late', { code: 'LATE', kind: 'timeout', retryable: true })
    const record = { type: ConnectionLostError.name as 'ConnectionLostError', code: 'GONE', kind: 'connectionLost' }
    const LOST = 'LOST', GONE = ConnectionLostError.name as 'ConnectionLostError'
    const records = [{ type: GONE, code: isThread ? 'THREAD_DIED' : LOST, kind }, { code: unknown }]
    export const other: ErrorRecord = { type: 'DriverError', message: 'no', code: 'NO', cause: null }
    throw Object.assign(new Class(message), { code: 'INVALID_OPTION' })
    process.emitWarning('odd', { type: 'OffloopWarning', code: 'ODD' })
    interface Exit { code: number }
    end({ code: 0 })`
  assert.deepEqual(raisedIn([['a.ts', text]]), [
    { file: 'a.ts', code: 'LATE', class: 'TimeoutError', kind: 'timeout', retryable: true },
    { file: 'a.ts', code: 'GONE', class: 'ConnectionLostError', kind: 'connectionLost', retryable: false },
    { file: 'a.ts', code: 'THREAD_DIED', class: 'ConnectionLostError', kind: undefined, retryable: false },
    { file: 'a.ts', code: 'LOST', class: 'ConnectionLostError', kind: undefined, retryable: false },
    { file: 'a.ts', code: 'NO', class: 'DriverError', kind: undefined, retryable: false },
    { file: 'a.ts', code: 'INVALID_OPTION', class: undefined, kind: undefined, retryable: false },
  ])
})
