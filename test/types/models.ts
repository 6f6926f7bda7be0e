/** So many models refer to each other in a circle. */
const RING = 10

/** The text of a module with so many models, each related to its neighbours and used: tens of them. */
export function generatedModels(count: number): string {
  const names = Array.from({ length: count }, (_, at) => `Model${at}`)
  const models = names.map((name, at) => {
    const next = names[at % RING === RING - 1 ? at - RING + 1 : at + 1]
    return `
export class ${name} extends Model('table_${at}', {
  id: c.integer().primaryKey(),
  name: c.text(),
  age: c.integer().nullable(),
  price: c.decimal({ precision: 10, scale: 2 }).nullable(),
  role: c.enum(['admin', 'guest']).default('guest'),
  at: c.datetime('made_at').createdAt(),
  data: c.json<{ tags: string[] }>().nullable(),
  nextId${at}: c.integer('next_id').references(() => ${next}),
}) {
  next = this.belongsTo(() => ${next}, { foreignKey: 'nextId${at}' })
  others = this.hasMany(() => ${next})
  static {
    this.index(['name', 'age'])
  }
}
export async function use${at}(): Promise<unknown> {
  const record = await ${name}.create({ name: 'x', nextId${at}: 1 })
  record.age = 5
  const found = await ${name}.where({ name: like('x%'), age: gte(1) }).orderBy('-age').include('others').limit(5)
  return [record.role, found[0]?.others.value.length, (await record.next.get())?.name, record.toObject()]
}`
  })
  return `import { column as c, gte, like, Model } from 'offloop/record'\nvoid [c, gte, like, Model]\n${models.join('\n')}`
}
