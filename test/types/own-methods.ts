import { column as c, Model } from 'offloop/record'

/*
 * Inside of a class its own attributes are known as they are outside: nothing here needs a cast.
 */

export class Post extends Model('posts', {
  id: c.integer().primaryKey(),
  title: c.text(),
  at: c.datetime().nullable(),
  readers: c.integer().default(0),
  count: c.bigint().nullable(),
}) {
  async publish(): Promise<this> {
    await this.update({ at: new Date() })
    await this.increment('readers')
    await this.decrement('count', 2n)
    await this.touch('at')
    return await this.assign({ title: 'published', at: null }).save()
  }

  override beforeSave(): void {
    this.assign({ title: this.title.trim() })
  }

  rename(): string | undefined {
    const title: string = this.get('title')
    const at: Date | null = this.get('at')
    this.set('title', title).set('at', at)
    return this.restore('title').changes.title?.[0] as string | undefined
  }

  async wrong(): Promise<void> {
    // @ts-expect-error a text is no number
    await this.update({ readers: 'many' })
    // @ts-expect-error no such attribute
    this.assign({ titel: 'x' })
    // @ts-expect-error a title is not null
    this.set('title', null)
    // @ts-expect-error the value of another attribute
    this.set('at', 'title')
    // @ts-expect-error a text is not counted up
    await this.increment('title')
    // @ts-expect-error a title is a text
    const title: number = this.get('title')
    this.title = String(title)
  }
}

export class Article extends Post {
  shout(): this {
    return this.assign({ title: this.title.toUpperCase() })
  }
}

export async function outside(post: Post, article: Article): Promise<Post[]> {
  const same: Post = await post.update({ title: 'x' })
  const own: Article = article.assign({ title: 'y' }).shout()
  // @ts-expect-error no such attribute
  await post.update({ titel: 'x' })
  // @ts-expect-error the value of another attribute
  post.set('at', 'title')
  const title: string = post.get('title')
  return [same, own, await Post.create({ title }), await own.publish()]
}
