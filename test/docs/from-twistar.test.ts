import { test } from 'node:test'
import { runningDocument } from './running.ts'

const { section, complete } = runningDocument('docs/from-twistar.md')

test('TWI-001 TWI-009 the registry', section('The registry'))
test('SEE-010 TWI-013 TWI-016 TWI-028 TWI-036 TWI-037 saving', section('Saving'))
test('TWI-012 columns from the table', section('Columns from the table'))
test('SEE-010 SEE-011 TWI-063 TWI-064 TWI-065 TWI-066 TWI-069 TWI-075 finding', section('By key, by values, by SQL'))
test('TWI-078 TWI-084 findOrCreate and deleteAll', section('findOrCreate, deleteAll'))
test('TWI-163 TWI-164 TWI-165 conditions that are joined', section('joinWheres, joinMultipleWheres, dictToWhere'))
test('SEE-010 TWI-046 TWI-047 TWI-050 TWI-052 TWI-056 TWI-059 validations', section('Validations'))
test('SEE-010 TWI-039 TWI-040 TWI-042 callbacks', section('Callbacks'))
test('SEE-010 TWI-107 TWI-110 TWI-114 TWI-116 TWI-117 TWI-119 hasMany and belongsTo', section('hasMany and belongsTo'))
test('TWI-124 TWI-125 TWI-126 TWI-127 hasOne', section('hasOne'))
test('TWI-128 TWI-131 TWI-133 TWI-088 hasAndBelongsToMany', section('hasAndBelongsToMany'))
test('SEE-010 TWI-102 TWI-111 TWI-113 TWI-121 polymorphic relationships', section('Polymorphic relationships'))
test('TWI-135 loading several', section('Loading several'))
test('TWI-139 TWI-140 TWI-145 TWI-148 transactions', section('Transactions'))
test('TWI-153 TWI-154 TWI-155 TWI-156 TWI-157 TWI-159 dbconfig', section('dbconfig'))
test('TWI-168 TWI-169 words', section('Words'))

test('every section with a running example is named here', complete)
