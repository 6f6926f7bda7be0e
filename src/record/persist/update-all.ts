import { describe } from '../../contract/checks.ts'
import { type Expression, sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import { encoded } from '../attributes.ts'
import type { Definition } from '../contract.ts'
import { modelError } from '../errors.ts'
import { isByHand } from '../query/by-hand.ts'
import { isEmpty, type Plan } from '../query/plan.ts'
import { Shape } from '../statement.ts'
import { changedRows, describeChanged } from './rows.ts'

type Given = readonly [Attribute, unknown]

/** Writes values into all rows that a plan means, in one statement; gives how many there were. */
export async function updateRows(plan: Plan, values: unknown): Promise<number> {
  const { definition } = plan
  const given = givenValues(definition, values)
  if (given.length === 0 || isEmpty(plan)) return 0
  const { table, database } = definition
  const shape = new Shape(`update all ${table}\u0000`, database.dialect)
  for (const [attribute, value] of given) describeValue(shape, attribute, value)
  describeChanged(plan, shape)
  const statement = database.statement(shape, (place) => {
    const set = given.map(([attribute, value]) => {
      return sql`${sql.id(attribute.column)} = ${isByHand(value) ? value : place(attribute)}`
    })
    return sql`update ${sql.id(table)} set ${sql.join(set)}${changedRows(plan, { table, place, dialect: database.dialect })}`
  })
  return (await database.change(statement, shape.values)).rowCount
}

function describeValue(shape: Shape, attribute: Attribute, value: unknown): void {
  shape.addColumn(attribute)
  if (isByHand(value)) shape.byHand = true
  else shape.values.push(value)
}

function givenValues({ attributes, name: owner }: Definition, values: unknown): Given[] {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw modelError('INVALID_QUERY', `updateAll takes values by attribute, not ${describe(values)}`)
  }
  return Object.entries(values).map(([name, value]) => {
    const attribute = attributes.get(name, owner)
    if (value === undefined) {
      const message = `the value of ${owner}.${name} is undefined: leave it out, or give null`
      throw modelError('INVALID_QUERY', message)
    }
    return [attribute, written(owner, attribute, value)]
  })
}

function written(owner: string, attribute: Attribute, value: unknown): Expression<unknown> | unknown {
  return value === null || isByHand(value) ? value : encoded(owner, attribute, value)
}
