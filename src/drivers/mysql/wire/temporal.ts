import type { PacketReader } from './packet-reader.ts'

/*
 * Dates and times as MySQL writes them as text: what the binary protocol sends is taken apart.
 */

/** A DATE: `2024-02-29`. */
export function dateText(packet: PacketReader): string {
  const length = packet.uint8()
  if (length === 0) return '0000-00-00'
  const text = calendar(packet)
  packet.skip(length - 4)
  return text
}

/** A DATETIME or TIMESTAMP with so many digits behind the second: `2024-02-29 12:30:00.125`. */
export function dateTimeText(packet: PacketReader, digits: number): string {
  const length = packet.uint8()
  const date = length >= 4 ? calendar(packet) : '0000-00-00'
  const time = length >= 7 ? `${two(packet.uint8())}:${two(packet.uint8())}:${two(packet.uint8())}` : '00:00:00'
  return `${date} ${time}${fraction(length >= 11 ? packet.uint32() : 0, digits)}`
}

/** A TIME with so many digits behind the second: `-838:59:59`. */
export function timeText(packet: PacketReader, digits: number): string {
  const length = packet.uint8()
  if (length === 0) return `00:00:00${fraction(0, digits)}`
  const sign = packet.uint8() === 1 ? '-' : ''
  const days = packet.uint32()
  const hours = days * 24 + packet.uint8()
  const text = `${sign}${two(hours)}:${two(packet.uint8())}:${two(packet.uint8())}`
  return text + fraction(length >= 12 ? packet.uint32() : 0, digits)
}

function calendar(packet: PacketReader): string {
  const year = packet.uint16()
  return `${String(year).padStart(4, '0')}-${two(packet.uint8())}-${two(packet.uint8())}`
}

const TWO = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0'))

function two(value: number): string {
  return TWO[value] ?? String(value)
}

const MOST_DIGITS = 6

/** What stands behind the second; where the server does not say how many digits that are, what there is. */
function fraction(microseconds: number, digits: number): string {
  if (digits === 0) return ''
  if (digits <= MOST_DIGITS) return `.${String(microseconds).padStart(6, '0').slice(0, digits)}`
  return microseconds === 0 ? '' : `.${String(microseconds).padStart(6, '0')}`
}
