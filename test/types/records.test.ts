import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { scratchFolder } from '../repository/scratch.ts'
import { type Compiler, check, compilers, figures, here } from './compilers.ts'
import { generatedModels } from './models.ts'

const WRONG = `import { column as c, Model } from 'offloop/record'
class User extends Model('users', { id: c.integer().primaryKey(), name: c.text(), age: c.integer().nullable() }) {
  pictures = this.hasMany(() => Picture)
  boss = this.belongsTo(() => User)
}
class Picture extends Model('pictures', { id: c.integer().primaryKey(), name: c.text(), userId: c.integer() }) {
  user = this.belongsTo(() => User)
}
const user = new User()
await User.create({ name: 'x', agee: 5 })
await User.create({ name: 5 })
await User.create({ age: 5 })
User.where({ nmae: 'x' })
User.where({ age: 'x' })
User.all().include('picture')
User.whereHas('nope')
await user.pictures.create({ userId: 1 })
user.nmae
user.age = 'x'
user.get('nmae')
user.pictures.value
`

/** What is said of each wrong line, from the first. */
const SAID = [
  /'agee' does not exist in type 'InsertOf<\{ readonly id: Column<number, false, true>; readonly name: TextColumn;/,
  /Type 'number' is not assignable to type 'string'/,
  /Property 'name' is missing in type '\{ age: number; \}' but required in type '\{ name: string; \}'/,
  /'nmae' does not exist in type 'Where</,
  /Type 'string' is not assignable to type 'Comparable<number \| null> \| undefined'/,
  /Argument of type '"picture"' is not assignable to parameter of type '("\w+" \| ){2}IncludeTree<User>'/,
  /Argument of type '"nope"' is not assignable to parameter of type '"\w+" \| "\w+"'/,
  /Property 'name' is missing in type '\{ userId: number; \}' but required in type/,
  /Property 'nmae' does not exist on type 'User'/,
  /Type 'string' is not assignable to type 'number'/,
  /Argument of type '"nmae"' is not assignable to parameter of type '("\w+"( \| )?){3}'/,
  /Property 'value' does not exist on type 'HasMany<Picture/,
]
const FIRST_WRONG_LINE = WRONG.split('\n').findIndex((line) => line.includes('agee')) + 1

/** The most instantiations that one more model may cost: seven columns, two relations, an index, and a use of each. */
const PER_MODEL = 2900

for (const compiler of Object.keys(compilers) as Compiler[]) {
  describe(compiler, () => {
    // One run reads all files, since reading the library is most of its time.
    let said: readonly string[] = []
    before(() => {
      const right = ['records.ts', 'relations.ts', 'scopes.ts'].map((name) => [name, readFileSync(here(name), 'utf8')])
      const files = { ...Object.fromEntries(right), 'wrong.ts': WRONG }
      said = check(compiler, scratchFolder({ after }, 'types'), files).split(/^(?=\S)/m)
    })

    test('SQO-032 SQO-054 SQO-068 records need no casts, and what is wrong does not compile', () => {
      const elsewhere = said.filter((text) => !text.startsWith('wrong.ts('))
      assert.equal(elsewhere.join(''), '')
      assert.ok(said.length > 0, 'the compiler did not read wrong.ts either')
    })

    test('what is wrong is said in words that help', () => {
      const byLine = said.filter((text) => text.startsWith('wrong.ts('))
      assert.equal(byLine.length, SAID.length, said.join(''))
      for (const [at, text] of byLine.entries()) {
        assert.ok(text.startsWith(`wrong.ts(${FIRST_WRONG_LINE + at},`), text)
        assert.match(text, SAID[at] as RegExp)
      }
    })

    // The older compiler takes its time.
    if (compiler !== 'TypeScript 7') return
    test('a model costs the compiler no more than it did, however many there are', (t) => {
      const folder = scratchFolder(t, 'types')
      const cost = (count: number) => {
        const said = check(compiler, folder, { 'models.ts': generatedModels(count) }, ['--extendedDiagnostics'])
        assert.doesNotMatch(said, /error TS/)
        return figures(said).instantiations
      }
      const none = cost(0)
      for (const count of [10, 300]) {
        const each = (cost(count) - none) / count
        t.diagnostic(`${count} models: ${Math.round(each)} instantiations each`)
        assert.ok(each < PER_MODEL, `${count} models: ${each} instantiations each`)
      }
    })
  })
}
