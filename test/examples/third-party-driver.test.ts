import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { scratchFolder } from '../repository/scratch.ts'
import { root } from '../repository/source.ts'
import { linesOf, runExample } from './run.ts'

const PLACE = 'third-party-driver'

/** Runs the suite over a driver, or those of its cases whose names have the pattern, and gives what it says of each. */
async function conformance(
  pattern: string,
  ...driver: string[]
): Promise<{ code: unknown; passed: string[]; failed: string[]; text: string }> {
  const { code, stdout } = await runExample(join(PLACE, 'conformance.ts'), driver, {
    NODE_OPTIONS: `--test-reporter=tap --test-name-pattern=${pattern}`,
  })
  const named = (mark: string) =>
    stdout.split('\n').flatMap((line) => (line.startsWith(`${mark} `) ? [line.replace(/^.* tiny-sqlite: /, '')] : []))
  return { code, passed: named('ok'), failed: named('not ok'), text: stdout }
}

test('ADB-001 a driver of somebody else is used by the path of its module', async () => {
  const { code, lines, stderr } = await linesOf(join(PLACE, 'main.ts'))
  assert.deepEqual(
    { code, lines, stderr },
    { code: 0, lines: ['joe is 39', 'IntegrityError, kind unique'], stderr: '' },
  )
})

test('P17 DBA-067 a driver written by what offloop/driver exports alone passes the suite', async () => {
  const { code, passed, failed, text } = await conformance('.')
  assert.deepEqual(failed, [], text)
  assert.equal(code, 0)
  assert.ok(passed.length > 60, `${passed.length} cases ran`)
})

test('its author is told in words what is wrong with it', async (t) => {
  const source = readFileSync(join(root, 'examples', PLACE, 'driver.ts'), 'utf8')
  const faults = [
    ["[2067, { type: 'IntegrityError', kind: 'unique' }]", "[2067, { type: 'IntegrityError', kind: 'check' }]"],
    ["exec('ROLLBACK')", "exec('COMMIT')"],
    ['    statement.setReadBigInts(true)\n'.trim(), ''],
  ] as const
  const wrong = faults.reduce((text, [right, fault]) => {
    assert.ok(text.includes(right), `the driver has no ${right}`)
    return text.replace(right, fault)
  }, source)
  const path = join(scratchFolder(t, 'wrong-driver'), 'driver.ts')
  writeFileSync(path, wrong)
  const { code, failed, text } = await conformance('DBA-016|DBA-023|NOD-005', path)
  assert.equal(code, 1)
  for (const told of [
    /DBA-016 a unique value that is taken is a Failure of the class IntegrityError and the kind unique/,
    /DBA-023 rollback undoes all that the transaction did/,
    /NOD-005 integers come back exact/,
  ]) {
    assert.ok(
      failed.some((name) => told.test(name)),
      `${told} did not fail: ${failed.join('\n')}`,
    )
  }
  assert.match(text, /what was rolled back must not be there/)
})
