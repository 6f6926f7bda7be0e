import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { type Figures, figureNames } from '../../bench/harness/figures.ts'
import type { Floor } from '../../bench/harness/floor.ts'
import type { ScenarioResult } from '../../bench/harness/runner.ts'
import { pointReads } from '../../bench/scenarios/point-reads.ts'

interface Output {
  readonly machine: Readonly<Record<string, string | number>>
  readonly floor: Floor
  readonly scenarios: readonly ScenarioResult[]
}

interface Exit {
  readonly code: number | string | null | undefined
  readonly stdout: string
  readonly stderr: string
}

const TEMPORARY = mkdtempSync(join(tmpdir(), 'offloop-test-bench-'))
after(() => rmSync(TEMPORARY, { recursive: true }))

const MAIN = fileURLToPath(new URL('../../bench/main.ts', import.meta.url))

function bench(...words: string[]): Promise<Exit> {
  const parameters = ['--conditions=offloop-source', MAIN, ...words]
  return new Promise((resolve) => {
    execFile(process.execPath, parameters, { env: { ...process.env, TMPDIR: TEMPORARY } }, (error, stdout, stderr) => {
      resolve({ code: error ? error.code : 0, stdout, stderr })
    })
  })
}

function assertPositive(figures: Figures): void {
  for (const name of figureNames) assert.ok(Number.isFinite(figures[name]) && figures[name] >= 0, name)
  assert.ok(figures.operationsPerSecond > 0)
}

test('a quick run of S1 gives JSON with the same rows from every peer', async () => {
  const { code, stdout, stderr } = await bench('S1', '--quick', '--json', '--blocks', '1')
  assert.equal(stderr, '')
  assert.equal(code, 0)
  const { machine, floor, scenarios } = JSON.parse(stdout) as Output
  assert.equal(machine.node, process.version)
  for (const { min, median, max } of Object.values(floor)) assert.ok(0 < min && min <= median && median <= max)
  assert.deepEqual(
    scenarios.map(({ code, blocks }) => ({ code, blocks })),
    [{ code: 'S1', blocks: 1 }],
  )
  const variants = scenarios[0]?.variants ?? []
  assert.deepEqual(
    variants.map(({ variant }) => variant),
    pointReads.variants(true),
  )
  for (const { hash, peers } of variants) {
    assert.match(hash, /^[0-9a-f]{16}$/)
    assert.deepEqual(
      peers.map(({ peer }) => peer),
      pointReads.peers,
    )
    for (const { peer, summary, ratios, trials } of peers) {
      assert.deepEqual(
        trials.map((trial) => trial.hash),
        [hash],
        peer,
      )
      for (const { figures } of trials) assertPositive(figures)
      assert.deepEqual(Object.keys(summary), [...figureNames])
      assert.deepEqual(
        Object.keys(ratios),
        pointReads.baselines.map((baseline) => baseline.peer),
      )
    }
    assert.equal(peers[0]?.ratios['better-sqlite3']?.operationsPerSecond.median, 1)
  }
  assert.deepEqual(readdirSync(TEMPORARY), [])
})

test('peers can be chosen and the text names the machine, the floor, the ratios and the hash', async () => {
  const { code, stdout } = await bench('point-reads', '--quick', '--blocks=1', '--peers', 'node-sqlite,better-sqlite3')
  assert.equal(code, 0)
  assert.match(stdout, /^Machine: .+ \d+ cores/)
  assert.match(stdout, /thread round trip by Atomics\.wait\/notify +\d/)
  assert.match(stdout, /^10,000 rows, 64 in flight +reads\/s \(min\.\.max\) +x direct +x docs/m)
  assert.match(stdout, /^better-sqlite3 .+ 1\.00x +- /m)
  assert.match(stdout, /^Same rows from all peers: [0-9a-f]{16}$/m)
  assert.match(stdout, /^- 1 block: a check, not a measurement\.$/m)
  assert.doesNotMatch(stdout, /^docs-worker /m)
})

const refused: [string[], RegExp][] = [
  [['S99'], /unknown scenario 'S99'; known: S1 \(point-reads\)/],
  [['S1', '--peers', 'better-sqlite3,sqlite4'], /unknown peer 'sqlite4'; known: better-sqlite3, node-sqlite, docs-/],
  [['S1', '--fast'], /'--fast'; known options: --json, --quick, --blocks N, --peers a,b$/],
  [['--blocks', '0'], /--blocks takes a whole number from 1 to 9999, not '0'/],
  [['--blocks'], /--blocks.*; known options: /],
]

for (const [words, reason] of refused) {
  test(`the words ${words.join(' ')} are refused in one line`, async () => {
    const { code, stdout, stderr } = await bench(...words)
    assert.equal(code, 2)
    assert.equal(stdout, '')
    assert.match(stderr, /^bench: [^\n]+\n$/)
    assert.match(stderr.trimEnd(), reason)
  })
}
