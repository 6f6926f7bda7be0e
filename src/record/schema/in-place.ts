import type { AttributeList } from '../attribute-list.ts'
import { TableAttributes } from '../table-attributes.ts'

/** Whether a row of all attributes, as it is read, has its values where a record has them. */
export function inPlace(attributes: AttributeList): boolean {
  return !(attributes instanceof TableAttributes) || attributes.isInPlace
}
