import { test } from 'node:test'
import { runningDocument } from './running.ts'

const { section, complete } = runningDocument('docs/validations.md')

test('TWI-028 TWI-029 saving', section('Saving'))
test('TWI-046 TWI-047 rules', section('Rules'))
test('TWI-050 D042 uniqueness', section('Uniqueness'))
test('TWI-052 functions', section('Functions'))
test('TWI-059 TWI-061 TWI-062 errors', section('Errors'))
test('SQO-081 SQO-082 schemas', section('Schemas'))
test('TWI-057 TWI-058 inheritance', section('Inheritance'))
test('relations', section('Relations'))
test('other words', section('Other words'))

test('every section with a running example is named here', complete)
