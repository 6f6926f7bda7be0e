import { test } from 'node:test'
import { runningDocument } from './running.ts'

const { section, complete } = runningDocument('docs/queries.md')

test('TWI-064 SQO-098 SQO-143 one record', section('One record'))
test('SQO-126 SQO-127 SQO-128 queries are values', section('Queries are values'))
test('SQO-150 SQO-152 SQO-155 F122 conditions', section('Conditions'))
test('SQO-130 SQO-132 SQO-137 SQO-145 order and slices', section('Order and slices'))
test('SQO-139 SQO-165 numbers', section('Numbers'))
test('SQO-141 parts of records', section('Parts of records'))
test('SQO-157 SQO-159 SQO-162 related records', section('Related records'))
test('scopes', section('Scopes'))
test('SQO-144 SQO-146 many records', section('Many records'))
test('TWI-066 TWI-067 TWI-069 TWI-071 options as Twistar has them', section("Twistar's form"))
test('SQO-147 SQO-170 what is sent', section('What is sent'))

test('every section with a running example is named here', complete)
