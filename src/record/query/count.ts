import { sql } from '../../sql/index.ts'
import type { Attribute } from '../attribute-list.ts'
import { ref } from './condition.ts'
import { isEmpty, isSlice, type Plan, slice } from './plan.ts'
import { writeRows } from './rows.ts'
import { type Asked, asked, describeSelection, writeSelection } from './selection.ts'

/** How many rows a plan means; with an attribute, how many values other than null it has there. */
export async function countRows(plan: Plan, attribute: Attribute | null = null): Promise<number> {
  if (isEmpty(plan)) return 0
  const { statement, values } = counting({ ...plan, order: [], forUpdate: false }, attribute)
  const [[count] = []] = await plan.definition.database.query(statement, values)
  return Number(count)
}

/** Whether a plan means any row. */
export async function hasRows(plan: Plan): Promise<boolean> {
  if (isEmpty(plan)) return false
  const rows = slice({ ...plan, order: [], forUpdate: false }, 0, 1)
  const { statement, values } = asked('exists', rows, (writing) => sql`select 1${writeRows(rows, writing)}`)
  return (await plan.definition.database.query(statement, values)).length > 0
}

function counting(plan: Plan, attribute: Attribute | null): Asked {
  if (plan.distinct || plan.group.length > 0) return countingDistinct(plan, attribute)
  const isPart = isSlice(plan)
  const kind = `count ${isPart ? 'part ' : ''}${attribute ? `of ${attribute.column}` : ''}`
  return asked(kind, plan, (writing) => {
    const column = attribute ? ref(attribute, writing) : sql`*`
    if (!isPart) return sql`select count(${column})${writeRows(plan, writing)}`
    const one = attribute ? column : sql`1`
    return sql`select count(value) from (select ${one} as value${writeRows(plan, writing)}) as part`
  })
}

// Rows are told apart by what is selected of them; where that is all of them, by their key.
function countingDistinct(plan: Plan, attribute: Attribute | null): Asked {
  if (!plan.distinct && !attribute) {
    return asked(
      'count groups',
      plan,
      (writing) => sql`select count(*) from (select 1 as value${writeRows(plan, writing)}) as part`,
    )
  }
  const { attributes } = plan.definition
  const key = attributes.key.length > 0 ? attributes.key : null
  const rows = { ...plan, selected: attribute ? [attribute] : (plan.selected ?? key) }
  const kind = attribute ? 'count distinct of' : 'count distinct'
  return asked(
    kind,
    rows,
    (writing) => {
      const counted = attribute ? sql.id(attribute.column) : sql`*`
      return sql`select count(${counted}) from (${writeSelection(rows, writing)}) as part`
    },
    describeSelection,
  )
}
