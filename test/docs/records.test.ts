import { test } from 'node:test'
import { runningDocument } from './running.ts'

const { section, complete } = runningDocument('docs/records.md')

test('TWI-012 TWI-019 TWI-026 SQO-040 models', section('Models'))
test('TWI-022 TWI-024 TWI-025 records as values', section('Records as values'))
test('SQO-053 SQO-054 SQO-055 SQO-076 columns', section('Columns'))
test('SQO-081 columns of your own', section('Columns of your own'))
test('SQO-230 SQO-234 columns from the database', section('Columns from the database'))
test('SQO-084 SQO-088 SQO-090 tables', section('Tables'))

test('every section with a running example is named here', complete)
