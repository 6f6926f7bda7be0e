import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DriverInfo, ParamStyle } from '../../src/contract/driver.ts'
import { placeholderOf } from '../../src/contract/placeholder.ts'

function written(paramstyle: ParamStyle, placeholder?: (position: number) => string): string[] {
  const write = placeholderOf({ paramstyle, ...(placeholder && { placeholder }) } as DriverInfo)
  return [1, 2].map(write)
}

test('DBA-004 placeholders are written in the style that the driver tells', () => {
  assert.deepEqual(written('qmark'), ['?', '?'])
  assert.deepEqual(written('numeric'), [':1', ':2'])
  assert.deepEqual(written('named'), [':p1', ':p2'])
  assert.deepEqual(written('format'), ['%s', '%s'])
  assert.deepEqual(written('pyformat'), ['%(p1)s', '%(p2)s'])
})

test('placeholders are written as the driver writes them where no style says that', () => {
  assert.deepEqual(
    written('numeric', (position) => `$${position}`),
    ['$1', '$2'],
  )
})
