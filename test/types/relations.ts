/*
 * Not run: what is written here compiles, or does not where it says so. `tsc` over the repository proves it.
 */
import { type BelongsTo, column as c, type HasMany, type Include, type Loaded, Model } from 'offloop/record'

class User extends Model('users', { id: c.integer().primaryKey(), name: c.text() }) {
  pictures = this.hasMany(() => Picture, { orderBy: ['name', '-id'], scope: (q) => q.where({ name: 'a' }) })
  newest = this.hasOne(() => Picture, { orderBy: '-id' })
  tags = this.hasMany(() => Tag, { through: 'pictures', orderBy: 'word' })
  groups = this.hasAndBelongsToMany(() => Group, { attributes: { since: c.datetime(), rank: c.integer().nullable() } })
  notes = this.hasMany(() => Note, { as: 'subject' })
  keyed = this.hasMany(() => Picture, { foreignKey: 'userId' })
  otherwise = this.hasMany(() => Tag, { foreignKey: 'id' })
}
class Picture extends Model('pictures', { id: c.integer().primaryKey(), name: c.text(), userId: c.integer() }) {
  user = this.belongsTo(() => User, { inverse: 'pictures' })
  tags = this.hasMany(() => Tag)
  notes = this.hasMany(() => Note, { as: 'subject' })
}
class Tag extends Model('tags', { id: c.integer().primaryKey(), word: c.text(), pictureId: c.integer() }) {
  picture = this.belongsTo(() => Picture)
}
class Group extends Model('groups', { id: c.integer().primaryKey() }) {
  users = this.hasAndBelongsToMany(() => User)
}
class Note extends Model('notes', { id: c.integer().primaryKey(), subjectId: c.integer(), subjectType: c.text() }) {
  subject = this.belongsToAny(() => [User, Picture])
  worded = this.belongsToAny(() => ({ user: User, picture: Picture }))
}

export async function types(user: User, picture: Picture, tag: Tag, group: Group, note: Note): Promise<void> {
  const pictures: readonly Picture[] = await user.pictures.get()
  const wanted: Picture[] = await user.pictures.get({ where: { name: 'x' }, limit: 1 })
  const field: HasMany<Picture> = user.pictures
  const parent: BelongsTo<User, Picture> = picture.user
  const given: Picture = await picture.user.set(user)
  const same: Picture = await picture.user.set(null)
  const since: Date | undefined = (await user.groups.links())[0]?.attributes.since
  const owner: User | Picture | null = await note.subject.get()
  const worded: User | Picture | null = await note.worded.get()
  const names: string[] = await user.pictures.query().pluck('name')
  const { pictures: held, newest } = await user.loadRelations('pictures', 'newest')
  const one: Picture | null = newest
  void [pictures, wanted, field, parent, given, same, since, owner, worded, names, held, one]
  await user.groups.set([[group, { rank: 1 }], group])
  await user.groups.get({ joinWhere: { rank: 2 } })

  const tree: Include<User> = { pictures: { user: { tags: 'picture' } } }
  const [loaded] = await User.all().include({ pictures: ['tags', { user: 'newest' }] }, 'groups')
  const words: string[] | undefined = loaded?.pictures.value[0]?.tags.value.map(({ word }) => word)
  const deep: Picture | null | undefined = loaded?.pictures.value[0]?.user.value?.newest.value
  const asked: Loaded<User, { pictures: 'tags' }>[] = await User.all().include({ pictures: 'tags' })
  const [noted] = await Note.all().include({ subject: ['notes', 'newest'] })
  const subject = noted?.subject.value
  if (subject instanceof User) void subject.newest.value
  void [tree, words, deep, asked, subject?.notes.value]

  const loadedNow: readonly Picture[] = (await user.pictures.load()).value
  const readAnew: Picture | null = (await user.newest.reload()).value
  const parentName: string | undefined = (await picture.user.load()).value?.name
  const ofAny: User | Picture | null = (await note.subject.load()).value
  const made: Picture = await user.pictures.create({ name: 'x' })
  await user.tags.create({ word: 'x' })
  await user.notes.create()
  await user.groups.create()
  await user.groups.create({}, { rank: 1 })
  await picture.user.create({ name: 'x' })
  await user.keyed.create({ name: 'x' })
  const built: Picture = user.pictures.build()
  void [loadedNow, readAnew, parentName, ofAny, made, built]

  // @ts-expect-error a picture has a name
  await user.pictures.create()
  // @ts-expect-error a picture has a name
  await user.newest.create({ userId: 1 })
  // @ts-expect-error a user has a name
  await picture.user.create({})
  // @ts-expect-error another key than the one that was told is demanded
  await user.otherwise.create({ name: 'x' })
  // @ts-expect-error not loaded
  void user.pictures.value
  // @ts-expect-error not loaded
  void loaded?.newest.value
  // @ts-expect-error not loaded below
  void loaded?.pictures.value[0]?.notes.value
  // @ts-expect-error no relation
  User.all().include('name')
  // @ts-expect-error no relation below
  User.all().include({ pictures: 'newest' })
  // @ts-expect-error no relation two below
  User.all().include({ pictures: { user: { tags: 'user' } } })
  // @ts-expect-error no relation
  await user.loadRelations('nope')
  // @ts-expect-error a record of another class
  await user.pictures.set([tag])
  // @ts-expect-error a record of another class
  await note.subject.set(tag)
  // @ts-expect-error no such attribute
  await user.pictures.get({ where: { nope: 1 } })
  // @ts-expect-error no such attribute to sort by
  await user.pictures.get({ orderBy: 'nope' })
  // @ts-expect-error links have no such attribute
  await user.groups.get({ joinWhere: { nope: 1 } })
  // @ts-expect-error links have no such attribute
  await user.groups.set([[group, { nope: 1 }]])
  // @ts-expect-error of another type
  await user.pictures.create({ name: 3 })
  // @ts-expect-error what belongs to one of several classes is of no one table
  note.subject.query()
}

export class Wrong extends Model('users', { id: c.integer().primaryKey() }) {
  // @ts-expect-error pictures have no such attribute
  byKey = this.hasMany(() => Picture, { foreignKey: 'nope' })
  // @ts-expect-error pictures have no such attribute
  sorted = this.hasMany(() => Picture, { orderBy: 'nope' })
  // @ts-expect-error no such word
  dependent = this.hasMany(() => Picture, { dependent: 'cascade' })
}
