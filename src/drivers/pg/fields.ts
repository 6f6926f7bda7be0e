import { type Column, type Description, describeColumn } from '../../contract/index.ts'
import { ProtocolError } from './errors.ts'
import { isBinary, typeName } from './types.ts'

/** One column of a result, as the server tells of it. */
export interface Field {
  readonly name: string
  readonly oid: number
}

/** The columns of a statement, and what is asked for them. */
export interface Result {
  readonly fields: readonly Field[]
  readonly description: Description
  /** The formats to ask for, as a message holds them: their number, and each. Null: all as text. */
  readonly formats: Buffer | null
}

const AFTER_NAME = 18

/** Reads what the server says of a result: a RowDescription. */
export function readResult(bytes: Buffer, at: number, end: number): Result {
  const count = bytes.readUInt16BE(at)
  const fields: Field[] = []
  const columns: Column[] = []
  let from = at + 2
  for (let i = 0; i < count; i++) {
    const stop = bytes.indexOf(0, from)
    if (stop < 0 || stop + 1 + AFTER_NAME > end) throw new ProtocolError('the description of a result is cut off')
    const name = bytes.toString('utf8', from, stop)
    const oid = bytes.readUInt32BE(stop + 7)
    fields.push({ name, oid })
    columns.push(columnOf(name, oid, bytes.readInt16BE(stop + 11), bytes.readInt32BE(stop + 13)))
    from = stop + 1 + AFTER_NAME
  }
  return { fields, description: columns, formats: formatsOf(fields) }
}

const NUMERIC = 1700
const VARCHAR = 1043
const BPCHAR = 1042

function columnOf(name: string, oid: number, size: number, modifier: number): Column {
  const column = describeColumn(name, typeName(oid))
  const internalSize = size > 0 ? size : null
  if (modifier < 4) return { ...column, internalSize }
  if (oid === NUMERIC) return { ...column, precision: (modifier - 4) >> 16, scale: (modifier - 4) & 0x7ff }
  if (oid === VARCHAR || oid === BPCHAR) return { ...column, displaySize: modifier - 4 }
  return { ...column, internalSize }
}

function formatsOf(fields: readonly Field[]): Buffer | null {
  if (!fields.some(({ oid }) => isBinary(oid))) return null
  const formats = Buffer.alloc(2 + fields.length * 2)
  formats.writeUInt16BE(fields.length, 0)
  for (const [i, { oid }] of fields.entries()) formats.writeInt16BE(isBinary(oid) ? 1 : 0, 2 + i * 2)
  return formats
}
