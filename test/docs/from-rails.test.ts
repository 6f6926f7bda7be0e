import { test } from 'node:test'
import { runningDocument } from './running.ts'

const { section, complete } = runningDocument('docs/from-rails.md')

test('queries', section('Queries'))
test('relations', section('Relations are loaded where you say so'))
test('saving and failing', section('Saving and failing'))
test('transactions', section('Transactions'))
test('a callback', section('A callback'))
test('a table of links', section('A table of links'))

test('every section with a running example is named here', complete)
