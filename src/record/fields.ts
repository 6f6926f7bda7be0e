/*
 * The fields of a class declare its relations. A record's own are set one after the other, right after its constructor
 * began: which of them is being set is counted here, and not in each record.
 */
let counted: object | null = null
let count = 0

/** The fields of this record are set now. */
export function beginFields(record: object): void {
  counted = record
  count = 0
}

/** The number of the relation whose field is being set, from 0. */
export function nextField(record: object, isRelation: (value: unknown) => boolean): number {
  if (record !== counted) {
    // A field made another record meanwhile. What is there has been counted.
    counted = record
    count = Object.values(record).filter(isRelation).length
  }
  return count++
}
