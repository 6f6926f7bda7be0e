import { column as c, lte, Model } from 'offloop/record'

export class Author extends Model('authors', {
  id: c.integer().primaryKey(),
  name: c.text(),
  email: c.text().unique(),
}) {
  posts = this.hasMany(() => Post, { dependent: 'restrict' })

  static {
    this.validatesLengthOf('name', { min: 1, max: 80 })
    this.validatesFormatOf('email', { with: /^\S+@\S+$/ })
    this.validatesUniquenessOf('email', { caseSensitive: false, message: 'is taken.' })
  }
}

export class Post extends Model('posts', {
  id: c.integer().primaryKey(),
  authorId: c.integer('author_id').references(() => Author),
  title: c.text(),
  slug: c.text().unique().default(''),
  body: c.text(),
  publishedAt: c.datetime('published_at').nullable().index(),
  commentsCount: c.integer('comments_count').default(0),
}) {
  author = this.belongsTo(() => Author)
  comments = this.hasMany(() => Comment, { dependent: 'destroy' })
  shown = this.hasMany(() => Comment, { scope: (all) => all.where({ isSpam: false }), orderBy: 'id' })
  tags = this.hasAndBelongsToMany(() => Tag, { orderBy: 'name' })

  static {
    this.validatesPresenceOf('title', 'body')
    this.validatesLengthOf('title', { max: 100 })
    this.validatesUniquenessOf('slug', { message: 'is that of another post.' })
    this.beforeValidation((post) => {
      if (post.isNew) post.slug = slugOf(post.title)
    })
  }

  /**
   * Those that readers see at this moment, the newest first. They can be asked further:
   * `Post.published().limit(3)`, `Post.published().merge(Post.tagged('sql'))`.
   */
  static published(now: Date = new Date()) {
    return this.where({ publishedAt: lte(now) }).orderBy('-publishedAt', 'id')
  }

  static tagged(name: string) {
    return this.whereHas('tags', { name })
  }
}

export class Comment extends Model('comments', {
  id: c.integer().primaryKey(),
  postId: c
    .integer('post_id')
    .references(() => Post)
    .index(),
  name: c.text(),
  text: c.text(),
  isSpam: c.boolean('is_spam').default(false),
}) {
  // The post keeps count of all that it has.
  post = this.belongsTo(() => Post, { counterCache: 'commentsCount' })

  static {
    this.validatesPresenceOf('name', 'text')
    this.validate((comment) => {
      if (/https?:/.test(comment.text)) comment.errors.add('text', 'must not have links.')
    })
  }
}

export class Tag extends Model('tags', { id: c.integer().primaryKey(), name: c.text().unique() }) {
  posts = this.hasAndBelongsToMany(() => Post)
}

export const models = [Author, Post, Comment, Tag]

function slugOf(title: string | null): string {
  return (title ?? '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
}
