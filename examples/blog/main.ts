/**
 * A blog: what its records must be, what happens around their writes, how they belong together, and how they are read
 * without a query for each. Records read and write through the pool, so that the event loop is free all the while.
 */
import { ConnectionPool } from 'offloop'
import { connect, RestrictedError, ValidationError } from 'offloop/record'
import { Author, Comment, models, Post, Tag } from './models.ts'

type Print = (line: string) => void

export async function main(url: string, print: Print = console.log): Promise<void> {
  await using pool = new ConnectionPool(url)
  const statements: string[] = []
  const database = connect(pool, models, { log: ({ sql }) => void statements.push(sql) })
  await database.createTables()

  const ann = await write(print)
  await discuss(print)
  statements.length = 0
  await read(print)
  print(`read by ${statements.length} statements`)
  await remove(ann, print)
}

/** Posts with their tags: all of it is there, or none. */
async function write(print: Print): Promise<Author> {
  const ann = await Author.create({ name: 'Ann', email: 'ann@example.org' })
  await Author.transaction(async () => {
    for (const [day, title, ...tags] of texts) {
      const post = await ann.posts.create({ title, body: `About ${title}.`, publishedAt: new Date(`2026-01-${day}`) })
      for (const name of tags) await post.tags.add(await Tag.findOrCreate({ name }))
    }
  })
  const draft = await ann.posts.create({ title: 'Not Ready', body: 'Soon.' })
  print(`${await ann.posts.count()} posts, a draft among them: ${draft.slug}`)

  const wrong = new Author({ name: '', email: 'ANN@example.org' })
  print(`valid: ${await wrong.isValid()}`)
  for (const message of wrong.errors.fullMessages) print(`- ${message}`)
  const again = await ann.posts.create({ title: 'Threads!', body: 'Once more.' }).catch((error) => error)
  if (again instanceof ValidationError) print(`- ${again.errors.fullMessages.join(' ')}`)
  return ann
}

async function discuss(print: Print): Promise<void> {
  const post = await Post.getBy({ slug: 'threads' })
  Comment.afterCommit((comment) => print(`mail: ${comment.name} wrote a comment`), { once: true })
  await post.comments.create({ name: 'Bob', text: 'Nice.' })
  await post.comments.create({ name: 'Eve', text: 'Buy this!', isSpam: true })
  const comment = new Comment({ postId: post.id, name: 'Eve', text: 'See https://example.org' })
  print(`saved: ${await comment.trySave()}, for a comment ${comment.errors.errorsFor('text').join()}`)
  const { commentsCount } = await post.reload()
  print(`comments: ${commentsCount}, of which are shown: ${await post.shown.count()}`)
}

async function read(print: Print): Promise<void> {
  const now = new Date('2026-01-20')
  const query = Post.published(now).include('author', 'shown', 'tags')
  for (const number of [1, 2]) {
    const { rows, total, pages } = await query.page(number, 2)
    print(`page ${number} of ${pages}, ${total} posts:`)
    for (const { title, author, shown, tags } of rows) {
      const names = tags.value.map(({ name }) => `#${name}`).join(' ')
      print(`- ${title}, by ${author.value?.name}, comments: ${shown.value.length} ${names}`)
    }
  }
  print(`on threads: ${(await Post.published(now).merge(Post.tagged('threads')).pluck('title')).join(', ')}`)
}

async function remove(ann: Author, print: Print): Promise<void> {
  await ann.delete().catch((error) => {
    if (!(error instanceof RestrictedError)) throw error
    print('Ann has posts, and stays')
  })
  const post = await Post.getBy({ slug: 'threads' })
  await post.delete() // and its comments with it
  print(`comments left: ${await Comment.count()}`)
}

const texts = [
  ['05', 'Threads', 'threads', 'sql'],
  ['10', 'Rings in Shared Memory', 'threads'],
  ['15', 'One Writer, Several Readers', 'sql'],
  ['25', 'Later', 'sql'],
] as const

// The same program on another database: `main.ts postgres://user@localhost/app`, `main.ts mysql://user@localhost/app`.
if (import.meta.main) await main(process.argv[2] ?? 'sqlite::memory:')
