import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { runTool, scratchFolder, writeFiles } from './scratch.ts'
import { root } from './source.ts'

interface Violation {
  readonly from: string
  readonly to: string
  readonly rule: { readonly name: string }
}

/** A tree in which every rule of the layers is broken once, next to imports that are allowed. */
const planted = {
  'package.json': JSON.stringify({ name: 'planted', type: 'module' }),
  'src/index.ts': "import './base/node-version.ts'\nexport * from './pool/pool.ts'\nimport './thread/thread.ts'",
  'src/driver.ts': "import './thread/thread.ts'\nimport './pool/pool.ts'",
  'src/stray.ts': "import './base/node-version.ts'",
  'src/base/node-version.ts': "import 'node:process'",
  'src/base/up.ts': "import type { Row } from '../contract/index.ts'\nexport type Up = Row",
  'src/base/first.ts': "import type { Second } from './second.ts'\nexport type First = Second | 1",
  'src/base/second.ts': "import { type First } from './first.ts'\nexport type Second = First | 2",
  'src/base/third.ts': "export class A { f = async () => import('./fourth.ts') }",
  'src/base/fourth.ts': "export type * from './third.ts'",
  'src/base/outside.ts': "import '../../test/helper.ts'\nimport './missing.ts'",
  'src/contract/index.ts': 'export type Row = 1',
  'src/contract/up.ts': "import { A } from '../base/third.ts'\nexport const a = A",
  'src/thread/thread.ts': "import '../contract/index.ts'\nimport '../base/node-version.ts'\nimport '../sql/sql.ts'",
  'src/drivers/catalogue.ts': "export const load = () => import('./one/index.ts')",
  'src/drivers/one/index.ts':
    "import 'better-sqlite3'\nimport '../sqlite/shared.ts'\nimport '../../thread/thread.ts'\nimport '../two/index.ts'",
  'src/drivers/two/index.ts': "import '../../base/node-version.ts'\nimport '../../pool/queue.ts'",
  'src/drivers/sqlite/shared.ts': "import '../../contract/index.ts'\nimport '../two/index.ts'",
  'src/drivers/pg/index.ts': "import '../server/url.ts'\nimport '../shared/checks.ts'\nimport '../sqlite/shared.ts'",
  'src/drivers/node-sqlite/index.ts': "import '../shared/checks.ts'\nimport '../server/url.ts'",
  'src/drivers/server/url.ts': "import '../shared/checks.ts'",
  'src/drivers/shared/checks.ts': "import '../../contract/index.ts'\nimport '../../thread/thread.ts'",
  'src/sql/sql.ts': "import { sql } from 'kysely'\nimport 'fast-check'\nexport { sql }",
  'src/pool/pool.ts':
    "import '../drivers/catalogue.ts'\nimport '../sql/sql.ts'\nimport '../drivers/two/index.ts'\nimport 'fast-check'",
  'src/pool/queue.ts': "import '../thread/thread.ts'\nimport 'a-package-that-is-not-there'",
  'src/record/record.ts': "import '../pool/queue.ts'\nimport '../base/node-version.ts'",
  'src/testing/index.ts': "import '../thread/thread.ts'\nimport '../pool/queue.ts'\nimport '../record/record.ts'",
  'test/helper.ts': 'export const helper = 1',
}

const refused = [
  'door-index.ts: index.ts -> thread/thread.ts',
  'door-driver.ts: driver.ts -> pool/pool.ts',
  'folder-without-layer: stray.ts -> base/node-version.ts',
  'layer-base: base/up.ts -> contract/index.ts',
  'layer-contract: contract/up.ts -> base/third.ts',
  'layer-thread: thread/thread.ts -> sql/sql.ts',
  'layer-pool: pool/pool.ts -> drivers/two/index.ts',
  'layer-pool: pool/queue.ts -> thread/thread.ts',
  'layer-record: record/record.ts -> base/node-version.ts',
  'layer-testing: testing/index.ts -> record/record.ts',
  'no-cycles: base/first.ts -> base/second.ts',
  'no-cycles: base/fourth.ts -> base/third.ts',
  'source-alone: base/outside.ts -> test/helper.ts',
  'resolvable: base/outside.ts -> ./missing.ts',
  'catalogue-is-a-table: drivers/catalogue.ts -> drivers/one/index.ts',
  'driver-apart: drivers/one/index.ts -> drivers/two/index.ts',
  'driver-apart: drivers/two/index.ts -> base/node-version.ts',
  'driver-apart: drivers/two/index.ts -> pool/queue.ts',
  'driver-apart: drivers/sqlite/shared.ts -> drivers/two/index.ts',
  'sqlite-or-server: drivers/pg/index.ts -> drivers/sqlite/shared.ts',
  'sqlite-without-servers: drivers/node-sqlite/index.ts -> drivers/server/url.ts',
  'drivers-shared-is-below: drivers/shared/checks.ts -> thread/thread.ts',
  'sql-imports-only-kysely: sql/sql.ts -> fast-check',
  'packages-only-in-drivers-and-sql: pool/pool.ts -> fast-check',
  'packages-only-in-drivers-and-sql: pool/queue.ts -> a-package-that-is-not-there',
]

function short(path: string): string {
  return path.replace('src/', '').replace(/^.*node_modules\/([^/]+)\/.*$/, '$1')
}

/** A cycle is told once, from any of its files: its members are put in order. */
function describeViolation({ rule, from, to }: Violation): string {
  const edge = [short(from), short(to)]
  return `${rule.name}: ${(rule.name === 'no-cycles' ? edge.sort() : edge).join(' -> ')}`
}

test('the layers refuse every import that does not point down, type imports included, and nothing else', (t) => {
  const folder = scratchFolder(t, 'layers')
  writeFiles(folder, planted)
  const options = ['src', '--config', join(root, '.dependency-cruiser.mjs'), '--output-type', 'json']
  const { stdout } = runTool('dependency-cruiser/bin/dependency-cruiser.mjs', options, folder)
  const violations: Violation[] = JSON.parse(stdout).summary.violations
  assert.deepEqual(violations.map(describeViolation).sort(), refused.sort())
})
