import { test } from 'node:test'
import { runningDocument } from './running.ts'

const { section, complete } = runningDocument('docs/relations.md')

test('TWI-114 TWI-115 TWI-116 SQO-174 many records', section('Many records'))
test('TWI-106 TWI-107 TWI-126 SQO-073 one record', section('One record'))
test('TWI-128 TWI-131 SQO-181 SQO-185 tables of links', section('Tables of links'))
test('TWI-111 TWI-113 owners of several classes', section('Owners of several classes'))
test('TWI-135 TWI-138 loading', section('Loading'))
test('SQO-186 what becomes of others', section('What becomes of others'))

test('every section with a running example is named here', complete)
