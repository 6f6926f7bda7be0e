import assert from 'node:assert/strict'
import { it } from 'node:test'
import { ConnectionPool } from 'offloop'
import { column as c, connect, inflector, Model, modelFactory, pascalCase, snakeCase } from 'offloop/record'

// The words of the original's own test; where it is wrong English, the right one.
const words = `search searches|switch switches|fix fixes|box boxes|process processes|address addresses|case cases
stack stacks|wish wishes|fish fish|category categories|query queries|ability abilities|agency agencies|movie movies
archive archives|index indices|wife wives|safe safes|half halves|move moves|salesperson salespeople|person people
spokesman spokesmen|man men|woman women|basis bases|diagnosis diagnoses|datum data|medium media|analysis analyses
node_child node_children|child children|experience experiences|day days|comment comments|foobar foobars
newsletter newsletters|old_news old_news|news news|series series|species species|quiz quizzes|perspective perspectives
ox oxen|passerby passersby|photo photos|buffalo buffaloes|tomato tomatoes|potato potatoes|dwarf dwarves|elf elves
information information|equipment equipment|bus buses|status statuses|status_code status_codes|mouse mice|louse lice
house houses|octopus octopuses|virus viruses|alias aliases|portfolio portfolios|vertex vertices|matrix matrices
axis axes|crisis crises|rice rice|shoe shoes|horse horses|prize prizes|edge edges|sex sexes|money money|sheep sheep
human humans|german germans|status_report status_reports|alias_name alias_names|hero heroes|foot feet
favorite_color favorite_colors|Person People|BusStop BusStops|user user_s`
  .split(/[|\n]/)
  .map((pair) => pair.trim().split(' ') as [string, string])
  .filter(([singular]) => singular !== 'user')

it('TWI-168 TWI-170 words have the right plural, and it has the right singular', () => {
  for (const [singular, plural] of words) {
    assert.equal(inflector.pluralize(singular), plural)
    assert.equal(inflector.singularize(plural), singular)
    assert.equal(inflector.pluralize(plural), plural)
    if (!['data', 'bases'].includes(singular)) assert.equal(inflector.singularize(singular), singular)
  }
})

it('TWI-168 more words can be told', () => {
  assert.equal(inflector.pluralize('Blurg'), 'Blurgs')
  inflector.irregular('blorf', 'blorven')
  inflector.uncountable('snafu')
  assert.deepEqual(['blorf', 'Blorf', 'big_blorf', 'snafu'].map(inflector.pluralize), [
    'blorven',
    'Blorven',
    'big_blorven',
    'snafu',
  ])
  assert.equal(inflector.singularize('BigBlorven'), 'BigBlorf')
  assert.equal(inflector.tableize('SnafuBlorf'), 'snafu_blorven')
  assert.throws(() => inflector.irregular('', 'x'), { code: 'INVALID_OPTION' })
  assert.throws(() => inflector.uncountable('two words'), { code: 'INVALID_OPTION' })
})

it('TWI-019 TWI-169 names are made of names', () => {
  assert.equal(inflector.tableize('Person'), 'people')
  assert.equal(inflector.tableize('FavoriteColor'), 'favorite_colors')
  assert.equal(inflector.tableize('StatusReport'), 'status_reports')
  assert.equal(inflector.tableize('HTTPServer'), 'http_servers')
  assert.equal(inflector.classify('favorite_colors'), 'FavoriteColor')
  assert.equal(inflector.classify('people'), 'Person')
  assert.equal(inflector.underscore('favoriteColor'), 'favorite_color')
  assert.equal(inflector.camelize('favorite_color'), 'FavoriteColor')
  assert.equal(inflector.humanize('favoriteColor'), 'Favorite color')
  assert.equal(inflector.humanize('user_id'), 'User')
  assert.equal(inflector.foreignKey('FavoriteColor'), 'favorite_color_id')
  for (const odd of ['', '_', '__', ' ', 'ä', '1']) assert.equal(typeof inflector.tableize(odd), 'string')
})

it('SQO-041 snake case goes both ways', () => {
  const pairs = [
    ['firstName', 'first_name'],
    ['fooID', 'foo_id'],
    ['userID', 'user_id'],
    ['HTTPServer', 'http_server'],
    ['getURL2', 'get_url2'],
  ]
  for (const [attribute, column] of pairs) assert.equal(snakeCase.column(attribute!, ''), column)
  assert.equal(snakeCase.attribute('first_name', ''), 'firstName')
  assert.equal(snakeCase.attribute('http_server', ''), 'httpServer')
  assert.equal(snakeCase.attribute('user_id', ''), 'userId')
  assert.equal(snakeCase.attribute('_private', ''), '_private')
})

it('SQO-040 pascal case has long keys if it is told', () => {
  const long = pascalCase({ longId: true })
  assert.equal(long.column('id', 'Person'), 'PersonID')
  assert.equal(long.attribute('PersonID', 'Person'), 'id')
  assert.equal(long.column('firstName', 'Person'), 'FirstName')
  assert.equal(long.attribute('FirstName', 'Person'), 'firstName')
  assert.equal(long.table('Person'), 'Person')
  assert.equal(pascalCase().column('id', 'Person'), 'ID')
})

it('a style of names is given once for many models, and each may have another', () => {
  const AppModel = modelFactory({ names: snakeCase })
  const columns = { id: c.integer().primaryKey(), firstName: c.text(), lastName: c.text('surname') }
  const columnsOf = (model: { createTableSql(): readonly string[] }) => model.createTableSql()[0]
  class BigUser extends AppModel(columns) {}
  class Named extends AppModel('people', columns) {}
  class Own extends AppModel('others', columns, { names: pascalCase() }) {}
  class Plain extends Model('plain', columns) {}
  class Found extends AppModel<{ id: number; firstName: string }>() {}
  const pool = new ConnectionPool('sqlite::memory:')
  connect(pool, [BigUser, Named, Own, Plain, Found])
  assert.equal(BigUser.tableName, 'big_users')
  assert.equal(Found.tableName, 'founds')
  assert.match(columnsOf(BigUser) ?? '', /"first_name" text not null, "surname" text/)
  assert.match(columnsOf(Named) ?? '', /^create table "people" .*"first_name"/)
  assert.match(columnsOf(Own) ?? '', /"FirstName"/)
  assert.match(columnsOf(Plain) ?? '', /"firstName"/)
  const user = new BigUser({ firstName: 'x' })
  const name: string = user.firstName
  assert.equal(name, 'x')
  // @ts-expect-error no such attribute
  assert.throws(() => new BigUser({ first_name: 'x' }), { code: 'UNKNOWN_ATTRIBUTE' })
  for (const wrong of [null, { naming: snakeCase }, { names: 'snake' }]) {
    assert.throws(() => modelFactory(wrong as never), { code: 'INVALID_OPTION' })
  }
})
