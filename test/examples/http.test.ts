import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { request as ask } from 'node:http'
import { connect as connectTo } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { temporaryFolder } from './installed.ts'

const example = join(import.meta.dirname, '../../examples/http/main.ts')

interface Running {
  readonly url: string
  readonly child: ChildProcess
  /** The next line that it prints. */
  line(): Promise<string>
  readonly ended: Promise<unknown[]>
}

/** Starts the server, and ends it with the test. */
async function started(t: TestContext, ...args: string[]): Promise<Running> {
  const child = spawn(process.execPath, ['--conditions=offloop-source', example, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const line = async () => (await lines.next()).value ?? 'no more lines'
  const ended = once(child, 'exit')
  const url = /^listening on (http:\/\/127\.0\.0\.1:\d+)$/.exec(await line())?.[1]
  assert.ok(url)
  return { url, child, line, ended }
}

/** What the server answers: the status, and the body as JSON tells it. */
async function call({ url }: Running, method: string, path: string, body?: unknown) {
  const text = typeof body === 'string' ? body : body === undefined ? null : JSON.stringify(body)
  const response = await fetch(url + path, { method, body: text })
  const json = response.status === 204 ? null : ((await response.json()) as Record<string, unknown>)
  return { status: response.status, json, location: response.headers.get('location') }
}

const dune = { title: 'Dune', author: 'Herbert', pages: 412, isbn: '9780441013593' }

test('books are made, read, changed and deleted by requests', async (t) => {
  const server = await started(t)
  const made = await call(server, 'POST', '/books', dune)
  assert.equal(made.status, 201)
  assert.equal(made.location, '/books/1')
  const { addedAt, ...rest } = made.json ?? {}
  assert.deepEqual(rest, { id: 1, ...dune, version: 0 })
  assert.match(String(addedAt), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  assert.deepEqual((await call(server, 'GET', '/books/1')).json, made.json)
  const changed = await call(server, 'PATCH', '/books/1', { pages: 413, version: 0 })
  assert.deepEqual([changed.status, changed.json], [200, { ...made.json, pages: 413, version: 1 }])
  assert.equal((await call(server, 'DELETE', '/books/1')).status, 204)
  assert.equal((await call(server, 'GET', '/books/1')).status, 404)
})

test('books come by pages, those of one author if wanted', async (t) => {
  const server = await started(t)
  await Promise.all(
    Array.from({ length: 25 }, (_, i) =>
      call(server, 'POST', '/books', { title: `t${`${i}`.padStart(2, '0')}`, author: i < 2 ? 'ann' : 'bob' }),
    ),
  )
  const titles = async (query: string) => {
    const { json } = await call(server, 'GET', `/books${query}`)
    const { rows, total, pages } = json as { rows: { title: string }[]; total: number; pages: number }
    return { titles: rows.map(({ title }) => title), total, pages }
  }
  assert.deepEqual(await titles('?page=2'), { titles: ['t20', 't21', 't22', 't23', 't24'], total: 25, pages: 2 })
  assert.deepEqual(await titles('?author=ann'), { titles: ['t00', 't01'], total: 2, pages: 1 })
  assert.deepEqual(await titles("?author=' OR 1=1 --"), { titles: [], total: 0, pages: 0 })
  assert.equal((await call(server, 'GET', '/books?page=0')).status, 400)
})

test('what is wrong with a book is told by attribute with status 422, and nothing is written', async (t) => {
  const server = await started(t)
  assert.deepEqual(await call(server, 'POST', '/books', { title: '', pages: -1, isbn: '12' }), {
    status: 422,
    json: {
      error: 'INVALID_RECORD',
      errors: {
        author: ['cannot be null.'],
        title: ['must have a length between 1 and 200 (inclusive).'],
        pages: ['must be greater than 0.'],
        isbn: ['must have 13 digits.'],
      },
    },
    location: null,
  })
  const odd = await call(server, 'POST', '/books', { title: { $ne: 1 }, author: ['x'], pages: 'many' })
  assert.equal(odd.status, 422)
  assert.deepEqual(Object.keys(odd.json?.errors as object).sort(), ['author', 'pages', 'title'])
  const twice = await Promise.all([1, 2].map(() => call(server, 'POST', '/books', dune)))
  assert.deepEqual(twice.map(({ status }) => status).sort(), [201, 422])
  const errors = twice.find(({ status }) => status === 422)?.json?.errors
  assert.deepEqual(errors, { isbn: ['is in the library already.'] })
  assert.equal((await call(server, 'GET', '/books')).json?.total, 1)
})

test('what is not there is 404, what was changed meanwhile 409', async (t) => {
  const server = await started(t)
  await call(server, 'POST', '/books', dune)
  for (const [method, path] of [
    ['GET', '/books/2'],
    ['DELETE', '/books/2'],
    ['GET', '/books/none'],
    ['GET', '/books/-1'],
    ['GET', '/books/99999999999999999999'],
    ['GET', '/'],
  ] as const) {
    assert.deepEqual([method, path, (await call(server, method, path)).status], [method, path, 404])
  }
  assert.equal((await call(server, 'PATCH', '/books/2', { version: 0 })).status, 404)
  const rivals = await Promise.all([500, 600].map((pages) => call(server, 'PATCH', '/books/1', { pages, version: 0 })))
  assert.deepEqual(rivals.map(({ status }) => status).sort(), [200, 409])
  const won = rivals.find(({ status }) => status === 200)?.json?.pages
  assert.equal((await call(server, 'GET', '/books/1')).json?.pages, won)
  assert.equal((await call(server, 'PATCH', '/books/1', { pages: 1 })).status, 428)
})

test('a request sets what it may and nothing else, and a body that is none of ours is refused', async (t) => {
  const server = await started(t)
  const bad = [
    { ...dune, id: 7 },
    { ...dune, version: 3 },
    { ...dune, addedAt: '1999-01-01T00:00:00.000Z' },
    { ...dune, isNew: false },
    `{ "title": "x", "author": "y", "__proto__": { "id": 7 } }`,
    '{ "title": ',
    '[]',
    'null',
    '"text"',
  ]
  for (const body of bad) assert.equal((await call(server, 'POST', '/books', body)).status, 400, JSON.stringify(body))
  assert.equal((await call(server, 'POST', '/books', { ...dune, title: 'x'.repeat(200_000) })).status, 413)
  assert.equal((await call(server, 'GET', '/books')).json?.total, 0)
  assert.equal((await call(server, 'POST', '/books', dune)).status, 201)
})

test('a request that cannot be served now may come again, and reads are served meanwhile', async (t) => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'books.db')
  const server = await started(t, `sqlite:${file}?busyTimeout=20`)
  const other = new DatabaseSync(file)
  other.exec('BEGIN IMMEDIATE')
  assert.equal((await call(server, 'POST', '/books', dune)).status, 503)
  assert.equal((await call(server, 'GET', '/books')).json?.total, 0)
  other.exec('ROLLBACK')
  other.close()
  assert.equal((await call(server, 'POST', '/books', dune)).status, 201)
})

test('who sends slowly keeps nobody from writing, and is answered by a server that was told to end', {
  skip: process.platform === 'win32' ? 'no signal can be sent to a process of Windows' : false,
}, async (t) => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'books.db')
  const server = await started(t, `sqlite:${file}`)
  const { port } = new URL(server.url)
  const body = JSON.stringify(dune)
  const headers = { expect: '100-continue', 'content-length': body.length, connection: 'keep-alive' }
  const slow = ask(`${server.url}/books`, { method: 'POST', headers })
  const answered = once(slow, 'response')
  slow.flushHeaders()
  await once(slow, 'continue')
  assert.equal((await call(server, 'POST', '/books', { title: 'Emma', author: 'Austen' })).status, 201)
  server.child.kill('SIGTERM')
  assert.equal(await server.line(), 'closing')
  const [refusal] = await once(connectTo(Number(port), '127.0.0.1'), 'error')
  assert.equal(refusal.code, 'ECONNREFUSED')
  slow.end(body)
  const [response] = await answered
  assert.equal(response.statusCode, 201)
  response.resume()
  assert.equal(await server.line(), 'closed')
  assert.deepEqual(await server.ended, [0, null])
  using database = new DatabaseSync(file, { readOnly: true })
  assert.deepEqual(
    database
      .prepare('SELECT title FROM books')
      .all()
      .map(({ title }) => title),
    ['Emma', 'Dune'],
  )
})
