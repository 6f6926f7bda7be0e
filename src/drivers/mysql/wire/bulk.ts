import type { Value } from '../../../contract/index.ts'
import type { PacketWriter } from './packet-writer.ts'
import { typeOf, writeValue } from './parameters.ts'
import type { WireStatement } from './statement.ts'

const BULK_EXECUTE = 0xfa
const SENDS_TYPES = 128
const NULL_TYPE = 6
const TEXT_TYPE = 253

/**
 * The types of the columns of sets of values, which stand one after the other from `from` up to but without `to`; null
 * when a column has values of two types, which one message cannot hold.
 */
export function columnTypes(
  values: readonly Value[],
  width: number,
  from: number,
  to: number,
): readonly number[] | null {
  const types = new Array<number>(width).fill(NULL_TYPE)
  for (let at = from; at < to; at++) {
    const value = values[at] as Value
    if (value === null) continue
    const type = typeOf(value)
    const known = types[at % width] as number
    if (known === NULL_TYPE) types[at % width] = type
    else if (known !== type) return null
  }
  return types.map((type) => (type === NULL_TYPE ? TEXT_TYPE : type))
}

/** Writes that a statement is to be executed once per set, in a packet of at most `size` bytes. */
export function writeBulk(
  out: PacketWriter,
  { id }: WireStatement,
  { values, types, from, to }: { values: readonly Value[]; types: readonly number[]; from: number; to: number },
  size: number,
): void {
  out.begin(size)
  out.uint8(BULK_EXECUTE)
  out.uint32(id)
  out.uint16(SENDS_TYPES)
  for (const type of types) out.uint16(type)
  for (let at = from; at < to; at++) {
    const value = values[at] as Value
    out.uint8(value === null ? 1 : 0)
    if (value !== null) writeValue(out, value)
  }
  out.end()
}
