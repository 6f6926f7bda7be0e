/**
 * Books over HTTP. A handler says what it wants of the records and nothing else: what a record refuses comes out as an
 * error, and the one function at the end makes answers of errors.
 */
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'
import { SqlError } from 'offloop'
import { type Database, ModelError, NotFoundError, StaleRecordError, ValidationError } from 'offloop/record'
import { Book, OPEN } from './book.ts'

const PAGE = 20
const MOST_BYTES = 100_000
/** A transaction is given up, and undone, after so many milliseconds. */
const TIMEOUT = 5000

export function libraryOf(database: Database): Hono {
  const app = new Hono()
  app.use(bodyLimit({ maxSize: MOST_BYTES, onError: (c) => c.json({ error: 'TOO_LARGE' }, 413) }))

  app.get('/books', async (c) => {
    const { author, page = '1' } = c.req.query()
    if (!/^[1-9]\d{0,5}$/.test(page)) throw refused('page must be a number from 1')
    const found = Book.findBy(author === undefined ? {} : { author }).orderBy('title', 'id')
    return c.json(await found.page(Number(page), PAGE))
  })

  app.get('/books/:id{\\d{1,15}}', async (c) => c.json(await Book.get(Number(c.req.param('id')))))

  app.post('/books', async (c) => {
    const given = await bodyOf(c.req)
    const book = await writing(() => new Book().assign(given, { only: OPEN }).save())
    return c.json(book, 201, { Location: `/books/${book.id}` })
  })

  // Whoever changes a book says which version was read: two who read the same one cannot both change it.
  app.patch('/books/:id{\\d{1,15}}', async (c) => {
    const { version, ...given } = (await bodyOf(c.req)) as { version?: unknown }
    if (version === undefined) throw new HTTPException(428, { message: 'version is missing: that of the book as read' })
    const book = await writing(async () => {
      const found = await Book.get(Number(c.req.param('id')))
      if (version !== found.version) throw new StaleRecordError(`version ${found.version} is there`, STALE)
      return await found.assign(given, { only: OPEN }).save()
    })
    return c.json(book)
  })

  app.delete('/books/:id{\\d{1,15}}', async (c) => {
    await writing(() => Book.delete(Number(c.req.param('id'))))
    return c.body(null, 204)
  })

  // What belongs to one request is done as a whole, or not at all. Its body was read before: nobody who sends slowly
  // keeps others from writing.
  function writing<T>(work: () => Promise<T>): Promise<T> {
    return database.transaction({ timeout: TIMEOUT }, work)
  }

  app.notFound((c) => c.json({ error: 'NOT_FOUND', message: 'there is nothing here' }, 404))
  app.onError((error, c) => {
    if (error instanceof ValidationError) return c.json({ error: error.code, errors: error.errors }, 422)
    if (error instanceof NotFoundError) return c.json({ error: error.code, message: error.message }, 404)
    if (error instanceof StaleRecordError) return c.json({ error: error.code, message: error.message }, 409)
    if (error instanceof ModelError && error.code === 'NOT_ASSIGNABLE')
      return c.json({ error: error.code, message: error.message }, 400)
    if (error instanceof HTTPException) return c.json({ error: 'REFUSED', message: error.message }, error.status)
    if (error instanceof SqlError && error.retryable) return c.json({ error: error.code }, 503, { 'Retry-After': '1' })
    console.error(error)
    return c.json({ error: 'INTERNAL', message: 'this is our fault' }, 500)
  })
  return app
}

const STALE = { code: 'STALE_RECORD', kind: 'stale' } as const

async function bodyOf(request: { json(): Promise<unknown> }): Promise<object> {
  const body = await request.json().catch((error) => {
    throw error instanceof SyntaxError ? refused('the body is not JSON') : error
  })
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body
  throw refused('the body is not an object')
}

function refused(message: string): HTTPException {
  return new HTTPException(400, { message })
}
