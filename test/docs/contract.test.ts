import assert from 'node:assert/strict'
import { test } from 'node:test'
import { read } from '../repository/source.ts'
import { runningDocument } from './running.ts'
import { tablesUnder } from './tables.ts'

const DOCUMENT = 'docs/contract.md'
const { section, complete } = runningDocument(DOCUMENT)

/** All names that PEP 249 defines, by the thing they belong to. */
const PEP_249: Readonly<Record<string, string>> = {
  Module: `connect apilevel threadsafety paramstyle Warning Error InterfaceError DatabaseError DataError OperationalError
    IntegrityError InternalError ProgrammingError NotSupportedError Date Time Timestamp DateFromTicks TimeFromTicks
    TimestampFromTicks Binary STRING BINARY NUMBER DATETIME ROWID None`,
  Connection: `close commit rollback cursor messages errorhandler autocommit xid tpc_begin tpc_prepare tpc_commit
    tpc_rollback tpc_recover`,
  Cursor: `description rowcount callproc close execute executemany fetchone fetchmany fetchall nextset arraysize
    setinputsizes setoutputsize rownumber connection scroll messages next __iter__ lastrowid errorhandler`,
}

test('docs/contract.md has every name of PEP 249', () => {
  for (const [heading, names] of Object.entries(PEP_249)) {
    const cells = tablesUnder(read(DOCUMENT), heading).flat()
    const listed = cells.flatMap((row) => String(row['PEP 249']).split(/, | and /))
    const bare = listed.map((name) => name.replace(/^\w+\./, ''))
    const missing = names.split(/\s+/).filter((name) => !bare.includes(name))
    assert.deepEqual(missing, [], `mend the table under "${heading}" in ${DOCUMENT}`)
  }
})

test('DBA-001 DBA-002 DBA-003 DBA-004 the module level', section('Module'))
test('DBA-008 DBA-010 values', section('Values'))
test('DBA-020 DBA-021 DBA-023 DBA-024 DBA-025 DBA-026 DBA-027 the connection', section('Connection'))
test(
  'DBA-028 DBA-031 DBA-032 DBA-034 DBA-036 DBA-040 DBA-043 DBA-044 DBA-045 DBA-046 DBA-056 DBA-057 the cursor',
  section('Cursor'),
)

test('every section with a running example is named here', complete)
