import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConnectionPool } from 'offloop'
import { column as c, connect, Model, ModelError, ValidationError } from 'offloop/record'
import { onTunedAndServers, openPool } from '../../databases.ts'
import { rejectionOf } from '../../pool/expect.ts'
import { prepare } from '../tables.ts'

/** Comments, each of which answers another one, and likes of both their kinds. */
async function forum(pool: ConnectionPool) {
  class Comment extends Model('comments', {
    id: c.integer().primaryKey(),
    text: c.text(),
    parentId: c.integer('parent_id').nullable(),
  }) {
    parent = this.belongsTo(() => Comment)
    answers = this.hasMany(() => Comment, { foreignKey: 'parentId', dependent: 'destroy', inverse: 'parent' })
    likes = this.hasMany(() => Like, { as: 'liked', dependent: 'delete' })
    static {
      this.validatesUniquenessOf('text')
      this.validatesAssociated('answers')
    }
  }
  class Like extends Model('likes', {
    id: c.integer().primaryKey(),
    likedId: c.integer('liked_id'),
    likedType: c.text('liked_type'),
  }) {
    liked = this.belongsToAny(() => [Comment])
  }
  await prepare(pool, 'CREATE TABLE comments (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE, parent_id INTEGER)')
  await prepare(
    pool,
    'CREATE TABLE likes (id INTEGER PRIMARY KEY, liked_id INTEGER NOT NULL, liked_type TEXT NOT NULL)',
  )
  connect(pool, [Comment, Like])
  return { Comment, Like }
}

/** What a body parser makes of a request. */
const parsed = (json: string) => JSON.parse(json) as never

onTunedAndServers((database) => {
  test('F124 through a relation only declared attributes are assigned, and never the owner', async (t) => {
    const { Comment, Like } = await forum(openPool(t, database))
    const root = await Comment.create({ text: 'root' })
    const other = await Comment.create({ text: 'other' })
    const bodies = ['{"isAdmin":true}', '{"__proto__":{"x":1}}', '{"constructor":1}', '{"save":1}', '{"likes":{}}']
    for (const body of bodies) {
      const given = { ...(parsed(body) as object) } as never
      assert.throws(() => root.answers.build(parsed(body)), ModelError, body)
      assert.ok((await rejectionOf(() => root.answers.create(parsed(body)))) instanceof ModelError, body)
      assert.ok((await rejectionOf(() => root.likes.create(given))) instanceof ModelError, body)
    }
    const mine = await root.answers.create(parsed(`{"text":"mine","parentId":${other.id}}`))
    assert.equal(mine.parentId, root.id)
    const like = await root.likes.create(parsed(`{"likedId":${other.id},"likedType":"Like"}`))
    assert.deepEqual([like.likedId, like.likedType], [root.id, 'Comment'])
    assert.equal(await Like.count(), 1)
    assert.equal(await Comment.count(), 3)
  })

  test('F123 what is included, joined and asked of relations is looked up by name', async (t) => {
    const { Comment } = await forum(openPool(t, database))
    for (const name of ['answers; --', '__proto__', 'constructor', 'toString', '', 'text', 'id']) {
      const given = name as never
      assert.throws(() => Comment.include(given), { code: 'UNKNOWN_RELATION' })
      assert.throws(() => Comment.include({ answers: given }), { code: 'UNKNOWN_RELATION' })
      assert.throws(() => Comment.all().whereHas(given), { code: 'UNKNOWN_RELATION' })
      assert.throws(() => Comment.leftJoins(given), { code: 'UNKNOWN_RELATION' })
    }
    for (const given of [null, 1, true, ['answers'], { answers: false }]) {
      assert.throws(() => Comment.include(given as never), { code: 'INVALID_QUERY' })
    }
    for (const name of ['nope', '__proto__', 'text"; --']) {
      const upsert = (options: object) => Comment.upsert({ text: 'x' }, options)
      await assert.rejects(upsert({ conflict: name }), { code: 'UNKNOWN_ATTRIBUTE' })
      await assert.rejects(upsert({ conflict: 'text', update: [name] }), { code: 'UNKNOWN_ATTRIBUTE' })
    }
    assert.equal(await Comment.count(), 0)
  })

  test('relations that lead in a circle end, however deep: a thousand answers go with the first', async (t) => {
    const { Comment, Like } = await forum(openPool(t, database))
    // In transactions inside of transactions: a server is asked for each.
    const deep = database.dialect.name === 'sqlite' ? 1000 : 60
    const rows = Array.from({ length: deep }, (_, at) => ({ text: `c${at}`, parentId: at === 0 ? null : at }))
    await Comment.insertMany(rows)
    await (await Comment.get(deep)).likes.create()
    const first = await Comment.get(1)
    const [loaded] = await Comment.where({ id: 1 }).include({ answers: { parent: { answers: 'parent' } } })
    assert.equal(loaded?.answers.value[0]?.parent.value?.answers.value[0]?.parent.value?.id, 1)
    assert.equal(JSON.parse(JSON.stringify(loaded)).id, 1)
    assert.equal(await loaded?.isValid(), true)
    await first.delete()
    assert.deepEqual([await Comment.count(), await Like.count()], [0, 0])
  })

  test('what depends on several that are deleted together goes once, with its callbacks', async (t) => {
    const pool = openPool(t, database)
    const { Comment } = await forum(pool)
    await prepare(pool, 'CREATE TABLE posts (id INTEGER PRIMARY KEY)')
    await prepare(pool, 'ALTER TABLE comments ADD COLUMN post_id INTEGER')
    const deleted: string[] = []
    class Post extends Model('posts', { id: c.integer().primaryKey() }) {
      comments = this.hasMany(() => Answer, { dependent: 'destroy', orderBy: 'id' })
    }
    class Answer extends Model('comments', {
      id: c.integer().primaryKey(),
      text: c.text(),
      postId: c.integer('post_id').nullable(),
      parentId: c.integer('parent_id').nullable(),
    }) {
      answers = this.hasMany(() => Answer, { foreignKey: 'parentId', dependent: 'destroy' })
      static {
        this.beforeDelete((answer) => void deleted.push(answer.text))
      }
    }
    connect(pool, [Post, Answer])
    const post = await Post.create({})
    const root = await post.comments.create({ text: 'root' })
    await root.answers.create({ text: 'answer', postId: post.id })
    await post.comments.create({ text: 'last' })
    await post.delete()
    assert.deepEqual([await Post.count(), await Comment.count()], [0, 0])
    assert.deepEqual(deleted, ['root', 'answer', 'last'])
  })

  test('relations ten thousand deep are refused by name, not by the end of the stack', async (t) => {
    const { Comment } = await forum(openPool(t, database))
    let tree: object = { answers: true }
    for (let depth = 0; depth < 10_000; depth++) tree = { answers: tree }
    const itself: { answers?: object } = {}
    itself.answers = itself
    for (const endless of [tree, itself]) {
      assert.throws(() => Comment.include(endless as never), { code: 'INVALID_QUERY', message: /deep/ })
    }
  })

  test('of a hundred that create the same at once one is created, and the others are told the rule', async (t) => {
    const { Comment } = await forum(openPool(t, database))
    const created = await Promise.allSettled(Array.from({ length: 100 }, () => Comment.create({ text: 'same' })))
    const refused = created.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    assert.equal(refused.length, 99)
    for (const error of refused) {
      assert.ok(error instanceof ValidationError)
      assert.deepEqual(error.errors.toJSON(), Object.assign(Object.create(null), { text: ['is not unique.'] }))
    }
    assert.equal(await Comment.count(), 1)
  })
})
