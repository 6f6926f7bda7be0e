import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ConnectionPool } from 'offloop'
import { type Database, folder, type Owner, onTunedDatabases, tunedDatabases } from '../databases.ts'

const program = join(import.meta.dirname, 'fixtures/child.ts')
const FLAGS = ['--conditions=offloop-source', '--disable-warning=ExperimentalWarning']

interface Ended {
  readonly code: number | null
  readonly signal: string | null
  readonly output: string
}

function start(args: readonly string[], options: { readonly cwd?: string; readonly uid?: number } = {}): ChildProcess {
  return spawn(process.execPath, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 })
}

/** Waits for a program's end; `onOutput` sees all it has printed so far. */
function ended(child: ChildProcess, onOutput: (output: string) => void = () => {}): Promise<Ended> {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text
      onOutput(output)
    })
  }
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, output })))
}

function run(scenario: string, url: string, ...flags: string[]): Promise<Ended> {
  return ended(start([...FLAGS, ...flags, program, scenario, url]))
}

/** A database with an empty table `t`, as a URL that a child can use. */
async function prepared(owner: Owner, database: Database): Promise<string> {
  const url = database.url(owner)
  await using pool = new ConnectionPool(url)
  await pool.runOperation('CREATE TABLE t (i)')
  return url
}

async function contents(url: string): Promise<{ rows: unknown[]; integrity: unknown }> {
  await using pool = new ConnectionPool(url)
  const rows = await pool.runQuery('SELECT i FROM t')
  return { rows, integrity: await pool.runQuery('PRAGMA integrity_check') }
}

const intact = [{ integrity_check: 'ok' }]

onTunedDatabases((database) => {
  test('ADB-025 DEF-020 DEF-045 NOD-013 F23 an idle pool that nobody closed lets the process end', async (t) => {
    const { code, output } = await run('idle', database.url(t))
    assert.deepEqual({ code, output }, { code: 0, output: '[ { a: 1 } ]\n' })
  })

  test('ADB-025 NOD-013 F23 a query that runs holds the process until it is answered', async (t) => {
    const { code, output } = await run('pending', database.url(t))
    assert.deepEqual({ code, output }, { code: 0, output: '[ { m: 1000000 } ]\n' })
  })

  test('NOD-013 F23 so do calls that wait for their turn, a start, a close, and one that waits for what never ends', async (t) => {
    const expected = {
      queued: '{ n: 1 }\n{ n: 2 }\n{ n: 3 }\n',
      opening: 'started\n',
      closing: 'closed\n',
      standing: 'POOL_CLOSED\nclosed\n',
    }
    await Promise.all(
      Object.entries(expected).map(async ([scenario, printed]) => {
        const { code, output } = await run(scenario, database.url(t))
        assert.deepEqual({ scenario, code, output }, { scenario, code: 0, output: printed })
      }),
    )
  })

  test('NOD-013 after an interaction the process ends without a close, and the data is there', async (t) => {
    const url = await prepared(t, database)
    const { code, output } = await run('interaction', url)
    assert.deepEqual({ code, output }, { code: 0, output: 'committed\n' })
    assert.deepEqual(await contents(url), { rows: [{ i: 1 }], integrity: intact })
  })

  test('NOD-013 a stream that nobody reads on does not hold the process', async (t) => {
    const { code, output } = await run('leftOpen', database.url(t))
    assert.deepEqual({ code, output }, { code: 0, output: '{ value: { m: 1 }, done: false }\n' })
  })

  test('DEF-026 NOD-012 failures that nobody awaits are no unhandled rejections', async (t) => {
    const { code, output } = await run('throwing', await prepared(t, database))
    assert.deepEqual({ code, output }, { code: 0, output: 'caught mine\nno such column: missing\n' })
  })

  test('NOD-014 process.exit inside an interaction leaves the database as it was before', async (t) => {
    const url = await prepared(t, database)
    assert.equal((await run('exits', url)).code, 3)
    assert.deepEqual(await contents(url), { rows: [], integrity: intact })
  })

  test('NOD-014 so does a process that is killed', async (t) => {
    const url = await prepared(t, database)
    const child = start([...FLAGS, program, 'waits', url])
    const end = await ended(child, (output) => output.includes('written') && child.kill('SIGKILL'))
    assert.equal(end.signal, 'SIGKILL')
    assert.deepEqual(await contents(url), { rows: [], integrity: intact })
  })

  test('F38 what was acknowledged by a process that is then killed is there, and nothing by half', async (t) => {
    for (const acknowledgements of [1, 150, 700]) {
      const url = await prepared(t, database)
      const child = start([...FLAGS, program, 'inserts', url])
      const lines = (output: string) =>
        output
          .slice(0, output.lastIndexOf('\n') + 1)
          .split('\n')
          .slice(0, -1)
      const end = await ended(child, (output) => lines(output).length >= acknowledgements && child.kill('SIGKILL'))
      assert.equal(end.signal, 'SIGKILL', end.output)
      const { rows, integrity } = await contents(url)
      assert.deepEqual(integrity, intact)
      const counts = new Map<number, number>()
      for (const { i } of rows as { i: number }[]) counts.set(i, (counts.get(i) ?? 0) + 1)
      for (const [id, count] of counts) assert.equal(count, 2, `half of ${id} is there`)
      const acknowledged = lines(end.output).map(Number)
      assert.ok(acknowledged.length >= acknowledgements)
      assert.deepEqual(
        acknowledged.filter((id) => !counts.has(id)),
        [],
      )
    }
  })

  test('a file that must not be read is told as such', async (t) => {
    const place = folder(t)
    const filename = join(place, 'app.db')
    await using pool = new ConnectionPool(database.driver, { filename })
    await pool.runOperation('CREATE TABLE t (i)')
    chmodSync(place, 0o755)
    chmodSync(filename, 0)
    // Root may read everything, so it becomes somebody else.
    const somebody = process.getuid?.() === 0 ? { uid: 65_534 } : {}
    const child = start([...FLAGS, program, 'forbidden', `${database.driver}:${filename}`], somebody)
    const { code, output } = await ended(child)
    assert.equal(code, 0, output)
    assert.match(output, /^OperationalError \| SQLITE_CANTOPEN \| cannotOpen \| Cannot open the database ".*app\.db"/)
  })

  test('F117 rows are the same where making code is forbidden', async (t) => {
    const { code, output } = await run('names', database.url(t), '--disallow-code-generation-from-strings')
    const expected = '[["a",1],["__proto__",2],["then",3],["constructor",4]]\n'
    assert.deepEqual({ code, output }, { code: 0, output: expected })
  })
})

test('P13 a handler of SIGTERM that closes the pool gets its way, and what ran is answered', async (t) => {
  const { code, output } = await run('terminated', `sqlite:${join(folder(t), 'app.db')}`)
  assert.deepEqual({ code, output }, { code: 0, output: 'closed [ { m: 1000000 } ]\n' })
})

for (const isolation of ['thread', 'process']) {
  test(`F102 a process that is stopped and goes on, with a ${isolation} for each connection, misses no deadline`, async (t) => {
    const url = await prepared(t, tunedDatabases[0] as Database)
    const child = start([...FLAGS, program, 'stopped', url, isolation])
    let stopped = false
    const { code, output } = await ended(child, (printed) => {
      if (stopped || !printed.includes('ready')) return
      stopped = true
      child.kill('SIGSTOP')
      // Some time must really pass, for longer than the deadlines.
      spawn('sleep', ['1.5']).once('close', () => child.kill('SIGCONT'))
    })
    assert.deepEqual({ code, output }, { code: 0, output: 'ready 2\ndone [{"rowCount":1,"lastRowId":2},"served"]\n' })
    const { rows } = await contents(url)
    assert.deepEqual(rows, [{ i: 1 }, { i: 2 }, { i: 3 }])
  })
}

test('F15 a thread that hangs at its start does not hold the process', async (t) => {
  const { code, output } = await run('hanging', `sqlite:${join(folder(t), 'app.db')}`)
  assert.deepEqual({ code, output }, { code: 0, output: 'CONNECT_TIMEOUT\n' })
})

test('NOD-013 a call that waits until a connection may be opened again holds the process', async (t) => {
  const { code, output } = await run('retrying', `sqlite:${join(folder(t), 'app.db')}`)
  assert.deepEqual({ code, output }, { code: 0, output: "[ { sql: 'x' } ]\n" })
})

test('F11 a missing peer is told at construction, with the command that installs it', async (t) => {
  const place = folder(t)
  const source = join(import.meta.dirname, '../../src')
  cpSync(source, join(place, 'src'), { recursive: true })
  writeFileSync(join(place, 'package.json'), '{ "type": "module" }')
  const script = `
    import { ConnectionPool, DriverError } from './src/index.ts'
    for (const make of [() => new ConnectionPool('better-sqlite3:a.db'), () => new ConnectionPool('better-sqlite3', { filename: 'a.db' })]) {
      try { make() } catch (error) { console.log(error instanceof DriverError, error.code, error.message.includes('npm install better-sqlite3')) }
    }
    await using pool = new ConnectionPool('sqlite::memory:')
    console.log(await pool.runQuery('SELECT 1 AS a'))
  `
  writeFileSync(join(place, 'program.ts'), script)
  const { code, output } = await ended(start([...FLAGS, join(place, 'program.ts')], { cwd: place }))
  const told = 'true DRIVER_NOT_INSTALLED true\n'
  assert.deepEqual({ code, output }, { code: 0, output: `${told}${told}[ { a: 1 } ]\n` })
})
