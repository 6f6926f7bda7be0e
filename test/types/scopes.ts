/*
 * Not run: what is written here compiles, or does not where it says so. `tsc` over the repository proves it, and
 * records.test.ts with the older compiler.
 */
import { column as c, gte, Model, type QueryOf } from 'offloop/record'

class User extends Model('users', { id: c.integer().primaryKey(), name: c.text(), age: c.integer().nullable() }) {
  pictures = this.hasMany(() => Picture)
  static adults() {
    return this.where({ age: gte(18) })
  }
  static named(name: string) {
    return this.where({ name }).adults().orderBy('name')
  }
  static pictured() {
    return this.include('pictures')
  }
  static short() {
    return this.select('id', 'name')
  }
  static async newest() {
    return await this.orderBy('-id').first()
  }
}
class Picture extends Model('pictures', { id: c.integer().primaryKey(), name: c.text(), userId: c.integer() }) {
  user = this.belongsTo(() => User)
  static wide(width: number) {
    return this.where({ id: gte(width) })
  }
}
class Owner extends Model('owners', { id: c.integer().primaryKey() }) {
  wide = this.hasMany(() => Picture, { scope: (all) => all.wide(3).where({ name: 'x' }) })
  people = this.hasAndBelongsToMany(() => User)
  picture = this.hasOne(() => Picture)
  static {
    this.defaultScope((all) => all.known())
  }
  static known() {
    return this.where({ id: gte(1) })
  }
}

// Written so, a scope gives records of the class that it is called on.
class Animal extends Model('animals', { id: c.integer().primaryKey(), age: c.integer() }) {
  static old<M extends typeof Animal>(this: M) {
    return this.where({ age: gte(18) })
  }
  static young() {
    return this.where({ age: 1 })
  }
  animal = true
}
class Dog extends Animal {
  dog = true
  static barking() {
    return this.old().young().old()
  }
}

export async function types(owner: Owner): Promise<void> {
  const users: User[] = await User.adults().named('x').limit(3)
  const user: User | null = await User.where({ age: 3 }).adults().orderBy('id').named('y').newest()
  const [first] = await User.adults().pictured().named('x')
  const name: string | undefined = first?.pictures.value[0]?.name
  const [second] = await User.include({ pictures: 'user' }).limit(3).adults().named('x')
  const deep: string | undefined = second?.pictures.value[0]?.user.value?.name
  const [third] = await User.adults().short().limit(2)
  const id: number | undefined = third?.id
  const joined: User[] = await User.joins('pictures')
    .adults()
    .where({ pictures: { name: 'y' } })
  const dogs: Dog[] = await Dog.old().barking().young()
  const young: Dog[] = await Dog.where({ age: 3 }).young().old().barking()
  const animals: Animal[] = await Animal.old().young()
  const wide: Picture[] = await owner.wide.query().wide(3).limit(4)
  const people: User[] = await owner.people.query().adults().named('x')
  const narrowed = (query: QueryOf<typeof User>): QueryOf<typeof User> => query.adults().limit(3)
  const some: User[] = await narrowed(User.where({ age: 3 })).named('x')
  void [users, user, name, deep, id, joined, dogs, young, animals, wide, people, some]

  // @ts-expect-error it was not selected
  void third?.age
  // @ts-expect-error a name is a text
  User.adults().named(5)
  // @ts-expect-error no such scope
  User.adults().nope()
  // @ts-expect-error a scope of another class
  User.adults().wide(3)
  // @ts-expect-error what a class does beside asking is not its queries'
  User.adults().create({ name: 'x' })
  // @ts-expect-error animals do not bark
  Animal.old().barking()
}
