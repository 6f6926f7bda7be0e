import type { Value } from '../../../contract/index.ts'
import type { PacketWriter } from './packet-writer.ts'
import { sizeOf, typeOf, writeValue } from './parameters.ts'
import type { WireStatement } from './statement.ts'

const EXECUTE = 0x17
const CLOSE = 0x19
const HEAD = 10

/** The most bytes that the packet takes which executes a statement with these values. */
export function executeSize(values: readonly Value[]): number {
  return HEAD + 1 + ((values.length + 7) >> 3) + sizeOf(values, 0, values.length)
}

/** Writes that a statement is to be executed, in a packet of at most `size` bytes. */
export function writeExecute(out: PacketWriter, { id }: WireStatement, values: readonly Value[], size: number): void {
  out.begin(size)
  out.uint8(EXECUTE)
  out.uint32(id)
  out.uint8(0)
  out.uint32(1)
  if (values.length > 0) writeParameters(out, values)
  out.end()
}

function writeParameters(out: PacketWriter, values: readonly Value[]): void {
  const nulls = out.position
  out.zeros((values.length + 7) >> 3)
  out.uint8(1)
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as Value
    if (value === null) out.setBit(nulls, i)
    out.uint16(typeOf(value))
  }
  for (let i = 0; i < values.length; i++) writeValue(out, values[i] as Value)
}

/** Writes that a statement is needed no more. There is no answer. */
export function writeClose(out: PacketWriter, { id }: WireStatement): void {
  out.begin(5)
  out.uint8(CLOSE)
  out.uint32(id)
  out.end()
}
