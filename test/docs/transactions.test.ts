import { test } from 'node:test'
import { runningDocument } from './running.ts'

const { section, complete } = runningDocument('docs/transactions.md')

test('ADB-054 ADB-055 ADB-056 ADB-064 ADB-075 F81 committed or rolled back', section('Committed or rolled back'))
test('ADB-075 ADB-076 writing and reading', section('Writing and reading'))
test('ADB-066 what is called inside belongs to it', section('What is called inside belongs to it'))
test('ADB-066 F78 an interaction inside another', section('An interaction inside another'))
test('ADB-071 F27 F76 statements in order', section('Statements in order, failures included'))
test('ADB-067 ADB-072 F74 F75 NOD-011 what was forgotten', section('What was forgotten'))
test('F28 F73 three outcomes', section('Three outcomes'))
test('ADB-074 limits', section('Limits'))
test('ADB-066 ADB-028 P22 waiting for oneself', section('Waiting for oneself'))
test('ADB-092 F85 running it again', section('Running it again'))
test('F83 after the commit', section('After the commit'))
test('F83 after a rollback', section('After a rollback'))
test('TWI-139 TWI-140 TWI-141 TWI-148 models', section('Models'))
test('ADB-033 ADB-052 ADB-077 DBA-042 without a callback', section('Without a callback'))

test('every section with a running example is named here', complete)
