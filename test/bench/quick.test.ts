import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { readCommandLine } from '../../bench/harness/command-line.ts'
import { type Figures, figureNames } from '../../bench/harness/figure-names.ts'
import type { Floor } from '../../bench/harness/floor.ts'
import type { Commit } from '../../bench/harness/machine.ts'
import type { ScenarioResult } from '../../bench/harness/runner.ts'
import { findScenario } from '../../bench/scenarios/index.ts'
import { pointReads } from '../../bench/scenarios/point-reads.ts'

interface Output {
  readonly commit: Commit | null
  readonly machine: Readonly<Record<string, unknown>>
  readonly absent: Readonly<Record<string, string>>
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
const QUICK = { quick: true, long: false }
/** One of them is only there when bench/package.json is installed. */
const S1_PEERS = ['better-sqlite3', 'docs-worker', 'piscina', 'offloop-node-sqlite', 'offloop-better-sqlite3']

function bench(...words: string[]): Promise<Exit> {
  const parameters = ['--conditions=offloop-source', MAIN, ...words]
  return new Promise((resolve) => {
    execFile(process.execPath, parameters, { env: { ...process.env, TMPDIR: TEMPORARY } }, (error, stdout, stderr) => {
      resolve({ code: error ? error.code : 0, stdout, stderr })
    })
  })
}

function assertPositive(figures: Figures): void {
  for (const name of figureNames) {
    const value = figures[name] ?? 0
    assert.ok(Number.isFinite(value) && value >= 0, name)
  }
  assert.ok(figures.operationsPerSecond !== undefined && figures.operationsPerSecond > 0)
}

test('a quick run of S1 gives JSON with the same rows from every peer, and names the absent ones', async () => {
  const { code, stdout, stderr } = await bench(
    'S1',
    '--quick',
    '--json',
    '--blocks',
    '1',
    '--peers',
    S1_PEERS.join(','),
  )
  assert.equal(stderr, '')
  assert.equal(code, 0)
  const { machine, floor, absent, scenarios } = JSON.parse(stdout) as Output
  assert.equal(machine.node, process.version)
  for (const { min, median, max } of Object.values(floor)) assert.ok(0 < min && min <= median && median <= max)
  const present = S1_PEERS.filter((peer) => !(peer in absent))
  assert.deepEqual(new Set([...present, 'piscina']), new Set(S1_PEERS))
  for (const reason of Object.values(absent)) assert.match(reason, /^[^\n]{10,}$/)
  const variants = scenarios[0]?.variants ?? []
  assert.deepEqual(
    variants.map(({ variant }) => variant),
    pointReads.variants(QUICK),
  )
  for (const { hash, peers } of variants) {
    assert.match(String(hash), /^[0-9a-f]{16}$/)
    assert.deepEqual(
      peers.map(({ peer }) => peer),
      present,
    )
    for (const { peer, trials } of peers) {
      assert.deepEqual(
        trials.map((trial) => trial.hash),
        [hash],
        peer,
      )
      for (const { figures } of trials) assertPositive(figures)
    }
    assert.equal(peers[0]?.ratios.direct?.operationsPerSecond?.median, 1)
  }
  assert.deepEqual(readdirSync(TEMPORARY), [])
})

// S12 is not among them: it builds the package first.
test('every other scenario runs', async () => {
  const codes = ['S2', 'S3', 'S4', 'S5', 'S6', 'S13', 'HTTP']
  const peers = ['--peers', 'offloop-node-sqlite']
  const { code, stdout, stderr } = await bench(...codes, '--quick', '--json', '--blocks=1', ...peers)
  assert.equal(stderr, '')
  assert.equal(code, 0)
  const { scenarios } = JSON.parse(stdout) as Output
  assert.deepEqual(
    scenarios.map((scenario) => scenario.code),
    codes,
  )
  for (const { code, variants } of scenarios) {
    assert.equal(variants.length, findScenario(code).variants(QUICK).length)
    for (const { hash, peers } of variants) {
      assert.match(String(hash), /^[0-9a-f]{16}$/)
      assert.ok(peers.some(({ peer }) => peer === 'offloop-node-sqlite'))
      for (const { trials } of peers) for (const { figures } of trials) assertPositive(figures)
    }
  }
})

test('every scenario on a server runs, or says that there is none', async () => {
  const codes = ['S7', 'S8', 'S9', 'S10-PG']
  const peers = 'offloop-pg,offloop-mysql'
  const { code, stdout, stderr } = await bench(...codes, '--quick', '--json', '--blocks=1', '--peers', peers)
  assert.equal(stderr, '')
  assert.equal(code, 0)
  const { scenarios } = JSON.parse(stdout) as Output
  assert.deepEqual(
    scenarios.map((scenario) => scenario.code),
    codes,
  )
  for (const { code, variants, leftOut, note } of scenarios) {
    if (leftOut !== undefined) {
      assert.match(leftOut, /^there is no (PostgreSQL|MariaDB): [^\n]+$/)
      assert.deepEqual(variants, [])
      continue
    }
    assert.match(note ?? '', /^One (PostgreSQL|MariaDB) \d+/)
    assert.equal(variants.length, findScenario(code).variants(QUICK).length)
    // Records are compared in the first of their steps alone.
    assert.match(String(variants[0]?.hash), /^[0-9a-f]{16}$/)
    for (const { peers } of variants) {
      for (const { trials } of peers) for (const { figures } of trials) assertPositive(figures)
    }
  }
  assert.deepEqual(readdirSync(TEMPORARY), [])
})

test('the text names the machine, the floor, the ratios and the hash', async () => {
  const { code, stdout } = await bench('point-reads', '--quick', '--blocks=1', '--peers', 'node-sqlite,better-sqlite3')
  assert.equal(code, 0)
  assert.match(stdout, /^Machine: .+ \d+ cores/)
  assert.match(stdout, /thread round trip by Atomics\.wait\/notify +\d/)
  assert.match(stdout, /^10,000 rows, 64 in flight +reads\/s \(min\.\.max\) +x direct +loop us/m)
  assert.match(stdout, /^better-sqlite3 .+ 1\.00x +/m)
  assert.match(stdout, /^Same rows from all peers: [0-9a-f]{16}$/m)
  assert.match(stdout, /^- 1 block: a check, not a measurement\.$/m)
  assert.doesNotMatch(stdout, /^docs-worker /m)
})

const refused: [string[], RegExp][] = [
  [['S99'], /unknown scenario 'S99'; known: S1 \(point-reads\)/],
  [['S1', '--peers', 'better-sqlite3,sqlite4'], /unknown peer 'sqlite4'; known: better-sqlite3, node-sqlite, docs-/],
  [['S1', '--fast'], /'--fast'; known options: --json, --quick, --long, --blocks N, --peers a,b, --out FOLDER$/],
  [['--blocks', '0'], /--blocks takes a whole number from 1 to 9999, not '0'/],
  [['--blocks'], /--blocks.*; known options: /],
  [['--quick', '--out', TEMPORARY], /--out takes no figures of a --quick run$/],
  [['S1', '--out', join(MAIN, '..')], /--out takes only a complete run there$/],
]

for (const [words, reason] of refused) {
  test(`the words ${words.map((word) => word.split('/').at(-1)).join(' ')} are refused in one line`, () => {
    assert.throws(() => readCommandLine(words), { name: 'RangeError', message: reason })
    assert.throws(() => readCommandLine(words), { message: /^[^\n]+$/ })
  })
}

test('what is refused is one line, exit status 2 and no output', async () => {
  const { code, stdout, stderr } = await bench('S99')
  assert.equal(code, 2)
  assert.equal(stdout, '')
  assert.match(stderr, /^bench: unknown scenario [^\n]+\n$/)
})

test('only a complete run in enough blocks writes RESULTS.md by itself', () => {
  assert.equal(readCommandLine([]).out, join(MAIN, '..'))
  assert.equal(readCommandLine(['--blocks', '9', '--long']).out, join(MAIN, '..'))
  for (const words of [['S1'], ['--quick'], ['--blocks', '6'], ['--peers', 'better-sqlite3']]) {
    assert.equal(readCommandLine(words).out, null, words.join(' '))
  }
  assert.equal(readCommandLine(['S1', '--out', TEMPORARY]).out, TEMPORARY)
})
