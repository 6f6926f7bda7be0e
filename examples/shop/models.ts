import { column as c, Model } from 'offloop/record'

/** Somebody's money, in cents. Its version counts how often it was written: of two who read the same one, one can write. */
export class Account extends Model('accounts', {
  id: c.integer().primaryKey(),
  owner: c.text().unique(),
  cents: c.integer().default(0).check('cents >= 0'),
  version: c.integer().lockVersion(),
}) {
  orders = this.hasMany(() => Order, { orderBy: 'id' })

  static {
    this.validatesLengthOf('owner', { min: 1, max: 80 })
    this.validatesNumericalityOf('cents', { greaterThanOrEqualTo: 0, message: 'do not suffice.' })
  }
}

export class Order extends Model('orders', {
  id: c.integer().primaryKey(),
  accountId: c
    .integer('account_id')
    .references(() => Account)
    .index(),
  article: c.text(),
  cents: c.integer(),
  status: c.enum(['open', 'paid']).default('open'),
}) {
  account = this.belongsTo(() => Account)
}
