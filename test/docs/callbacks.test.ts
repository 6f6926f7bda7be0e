import { test } from 'node:test'
import { runningDocument } from './running.ts'

const { section, complete } = runningDocument('docs/callbacks.md')

test('TWI-039 the order', section('The order'))
test('TWI-042 changing attributes', section('Changing attributes'))
test('TWI-040 TWI-041 TWI-086 stopping', section('Stopping'))
test('TWI-043 the transaction', section('The transaction'))
test('TWI-017 records that the database gave', section('Records that the database gave'))
test('saving in a callback', section('Saving in a callback'))
test('SQO-210 listening for a while', section('Listening for a while'))

test('every section with a running example is named here', complete)
