import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { DriverError } from '../../src/contract/index.ts'
import { checkInstalled } from '../../src/drivers/better-sqlite3/installed.ts'
import { satisfies } from '../../src/drivers/better-sqlite3/version.ts'
import { checkInstalled as checkNode } from '../../src/drivers/node-sqlite/installed.ts'
import { folder } from './databases.ts'

/** An application with a package called better-sqlite3 that says so when it is loaded. */
function application(t: TestContext, manifest?: Record<string, unknown>): string {
  const place = folder(t)
  if (manifest) {
    const home = join(place, 'node_modules', 'better-sqlite3')
    mkdirSync(home, { recursive: true })
    writeFileSync(join(home, 'package.json'), JSON.stringify({ name: 'better-sqlite3', main: 'main.js', ...manifest }))
    writeFileSync(join(home, 'main.js'), 'throw new Error("it was loaded")')
  }
  return join(place, 'package.json')
}

function refusal(places: string[], node?: string): DriverError {
  try {
    checkInstalled(places, node)
  } catch (error) {
    assert.ok(error instanceof DriverError)
    assert.equal(error.kind, 'driver')
    return error
  }
  throw new Error('it was not refused')
}

test('F12 the package that is there is found, without being loaded', (t) => {
  assert.match(checkInstalled(), /node_modules.better-sqlite3.lib.index\.js$/)
  const place = application(t, { version: '13.0.2' })
  assert.equal(checkInstalled([place]), join(place, '../node_modules/better-sqlite3/main.js'))
})

test('F12 the application comes first, then offloop', (t) => {
  const mine = application(t, { version: '13.5.0' })
  const none = application(t)
  assert.equal(checkInstalled([none, mine]), checkInstalled([mine]))
  assert.notEqual(checkInstalled([mine, import.meta.url]), checkInstalled([import.meta.url]))
})

test('F12 a missing package is refused with the line that installs it', (t) => {
  const error = refusal([application(t)])
  assert.equal(error.code, 'DRIVER_NOT_INSTALLED')
  assert.match(error.message, /^ {2}npm install better-sqlite3$/m)
})

test('F9 versions that can abort the process are refused, and told why', (t) => {
  for (const version of ['13.0.0', '13.0.1', '12.11.1', '9.0.0']) {
    const error = refusal([application(t, { version })])
    assert.equal(error.code, 'DRIVER_UNSUPPORTED')
    assert.match(error.message, /13\.0\.2/)
    assert.match(error.message, /abort the whole process/)
    assert.ok(error.message.includes(version))
  }
})

test('F13 a package that is not made for this Node is refused', (t) => {
  const place = application(t, { version: '14.0.0', engines: { node: '>=26' } })
  const error = refusal([place], '24.1.0')
  assert.equal(error.code, 'DRIVER_UNSUPPORTED')
  assert.match(error.message, />=26, and this is 24\.1\.0/)
  assert.ok(checkInstalled([place], '26.0.0'))
})

const ranges: [range: string, version: string, within: boolean][] = [
  ['>=22', '24.21.0', true],
  ['>=22', '20.20.2', false],
  ['>= 22.12', '22.11.0', false],
  ['20.x || 22.x || 24.x', '24.1.0', true],
  ['20.x || 22.x', '24.1.0', false],
  ['^22.1.0 || >=24', '23.0.0', false],
  ['^22.1.0', '22.9.0', true],
  ['^0.3.1', '0.4.0', false],
  ['~22.1', '22.2.0', false],
  ['>=20 <24', '24.0.0', false],
  ['>=20 <24', '23.9.9', true],
  ['<=22', '22.9.0', true],
  ['>22', '22.9.0', false],
  ['22', '22.9.0', true],
  ['*', '1.0.0', true],
  ['something else', '24.0.0', true],
]
for (const [range, version, within] of ranges) {
  test(`F13 Node ${version} is ${within ? '' : 'not '}within ${range}`, () => {
    assert.equal(satisfies(version, range), within)
  })
}

test('node:sqlite is part of this Node', () => assert.doesNotThrow(() => checkNode()))
