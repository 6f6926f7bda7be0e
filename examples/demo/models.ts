import { column as c, Model } from 'offloop/record'

/** A package, what it needs and who needs it: packages again, through the dependencies in between. */
export class Package extends Model('packages', {
  id: c.integer().primaryKey(),
  name: c.text(),
  version: c.text().nullable(),
  path: c.text(),
  bytes: c.integer(),
}) {
  dependencies = this.hasMany(() => Dependency, { scope: installed })
  needs = this.hasMany(() => Package, { through: 'dependencies', source: 'found', orderBy: 'name' })
  demands = this.hasMany(() => Dependency, { foreignKey: 'resolvedId', scope: installed })
  neededBy = this.hasMany(() => Package, { through: 'demands', source: 'package', orderBy: 'name' })
  authors = this.hasAndBelongsToMany(() => Author, { orderBy: 'name' })
  notes = this.hasMany(() => Note, { as: 'subject' })
}

export class Dependency extends Model('dependencies', {
  packageId: c.integer('package_id').primaryKey(),
  name: c.text().primaryKey(),
  kind: c.enum(['runtime', 'optional', 'peer', 'dev']).primaryKey(),
  resolvedId: c.integer('resolved_id').nullable(),
}) {
  package = this.belongsTo(() => Package)
  found = this.belongsTo(() => Package, { foreignKey: 'resolvedId' })
}

export class File extends Model('files', {
  id: c.integer().primaryKey(),
  packageId: c.integer('package_id'),
  path: c.text(),
  bytes: c.integer(),
}) {
  package = this.belongsTo(() => Package)
  notes = this.hasMany(() => Note, { as: 'subject' })
}

export class Author extends Model('authors', { id: c.integer().primaryKey(), name: c.text() }) {
  packages = this.hasAndBelongsToMany(() => Package, { orderBy: 'name' })
}

/** What is worth a note is a package or a file. */
export class Note extends Model('notes', {
  id: c.integer().primaryKey(),
  text: c.text(),
  subjectId: c.integer('subject_id'),
  subjectType: c.text('subject_type'),
}) {
  subject = this.belongsToAny(() => [Package, File])
}

export const models = [Package, Dependency, File, Author, Note]

/** What npm installs because a package asks for it. */
function installed(all: ReturnType<typeof Dependency.all>) {
  return all.where({ kind: ['runtime', 'optional'] })
}
