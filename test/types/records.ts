/*
 * Not run: what is written here compiles, or does not where it says so. `tsc` over the repository proves it, and
 * records.test.ts with the older compiler.
 */
import { type Attributes, column as c, gte, jsonNull, like, Model, type NewAttributes, snakeCase } from 'offloop/record'

class User extends Model('users', {
  id: c.integer().primaryKey(),
  firstName: c.text('first_name', { length: 80 }),
  age: c.integer().nullable(),
  role: c.enum(['admin', 'guest']).default('guest'),
  made: c.datetime().createdAt(),
  data: c.json<{ tags: string[] }>().nullable(),
  token: c.uuid().default(() => 'x'),
  save: c.text().nullable(),
  // A circle of columns, beside those of relations.
  favouriteId: c
    .integer('favourite_id')
    .nullable()
    .references(() => Picture, { onDelete: 'set null' }),
}) {
  pictures = this.hasMany(() => Picture)
  boss = this.belongsTo(() => User)
  get shout(): string {
    return this.firstName.toUpperCase()
  }
  static {
    this.index(['firstName', 'age'], { unique: true })
    // @ts-expect-error no such attribute
    this.index(['firstNam'])
  }
}
class Picture extends Model({
  id: c.uuid().primaryKey(),
  userId: c.integer().references(() => User, { onDelete: 'cascade' }),
}) {
  user = this.belongsTo(() => User)
}
class Word extends Model('words', { text: c.text().primaryKey(), n: c.bigint().default(0n) }) {}
class Undeclared extends Model<{ id: number; first_name: string; born: Date | null }>('people') {}
class Named extends Model<{ id: number; firstName: string }>('people', { names: snakeCase }) {}
class Anything extends Model() {}

export async function types(): Promise<void> {
  const user = await User.create({ firstName: 'x' })
  const role: 'admin' | 'guest' = user.role
  const age: number | null = user.age
  const tags: string[] | undefined = user.data?.tags
  const saved: User = await user.save()
  const column: string | null = user.get('save')
  user.set('save', 'x').set('age', null).data = jsonNull
  const made: Date = user.made
  const attributes: Attributes<User> = {
    id: 1,
    firstName: 'x',
    age: null,
    role: 'admin',
    made: new Date(),
    data: null,
    token: '',
    save: null,
    favouriteId: null,
  }
  const fresh: NewAttributes<User> = { firstName: 'x', age: undefined }
  const shown: Partial<Attributes<User>> = user.toObject({ only: ['id', 'role'] })
  await Picture.create({ userId: 1 })
  const names: string[] = (await User.where({ firstName: like('J%'), age: gte(3) }).include('pictures')).map(
    (one) => one.shout,
  )
  const word: bigint = (await Word.create({ text: 'a' })).n
  const born: Date | null = (await Undeclared.create({ first_name: 'x' })).born
  const first: string | undefined = (await Named.where({ firstName: 'x' }).first())?.firstName
  const whatever: unknown = new Anything({ a: 1 }).get('a')
  const changed: boolean = user.isChanged('age') || user.equals(saved)
  await new Anything().save()
  void [role, age, tags, saved, column, made, attributes, fresh, shown, names, word, born, first, whatever, changed]

  // @ts-expect-error a text that is a key must be given
  await Word.create({})
  // @ts-expect-error of another type
  await Word.create({ text: 'a', n: 1 })
  // @ts-expect-error none of the words
  user.role = 'root'
  // @ts-expect-error not null
  user.firstName = null
  // @ts-expect-error no such attribute
  user.get('nope')
  // @ts-expect-error no such attribute
  user.isChanged('shout')
  // @ts-expect-error of another type
  user.set('age', '5')
  // @ts-expect-error no such attribute
  user.toHash({ only: ['nope'] })
  // @ts-expect-error no such attribute
  await Undeclared.create({ firstName: 'x' })
  // @ts-expect-error of another type
  Undeclared.where({ born: 5 })
  // @ts-expect-error a default of another type
  c.integer().default('5')
  // @ts-expect-error no such action
  c.integer().references(() => User, { onDelete: 'destroy' })
  // @ts-expect-error not a column
  Model('users', { id: 5 })
  // @ts-expect-error no such option
  Model('users', { id: c.integer() }, { style: snakeCase })
}
