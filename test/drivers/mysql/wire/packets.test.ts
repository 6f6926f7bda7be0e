import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { PacketWriter } from '../../../../src/drivers/mysql/wire/packet-writer.ts'
import { Packets } from '../../../../src/drivers/mysql/wire/packets.ts'

/** What comes of bytes that arrive in these pieces: the contents of packets, and null for one that is too large. */
function received(pieces: readonly Buffer[], limit: number = 1 << 30): (Buffer | null)[] {
  const all: (Buffer | null)[] = []
  const packets = new Packets(
    {
      packet: (reader) => all.push(Buffer.from(reader.buffer.subarray(reader.at, reader.end))),
      oversized: () => all.push(null),
    },
    limit,
  )
  for (const piece of pieces) packets.push(piece)
  return all
}

function packet(content: Uint8Array): Buffer {
  const header = Buffer.alloc(4)
  header.writeUIntLE(content.length, 0, 3)
  return Buffer.concat([header, content])
}

function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end))
}

test('packets come whole however their bytes are cut', () => {
  const contents = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 })
  fc.assert(
    fc.property(contents, fc.array(fc.nat()), (given, cuts) => {
      const bytes = Buffer.concat(given.map(packet))
      assert.deepEqual(
        received(pieces(bytes, cuts)),
        given.map((one) => Buffer.from(one)),
      )
    }),
  )
})

test('F116 a packet that is too large is passed over, and what follows comes whole', () => {
  const contents = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 })
  fc.assert(
    fc.property(contents, fc.array(fc.nat()), fc.integer({ min: 10, max: 300 }), (given, cuts, limit) => {
      const bytes = Buffer.concat(given.map(packet))
      const expected = given.map((one) => (one.length > limit ? null : Buffer.from(one)))
      assert.deepEqual(received(pieces(bytes, cuts), limit), expected)
    }),
  )
})

const LONGEST = 0xffffff

test('a packet of 16 MB and more goes on in the next one, both ways', () => {
  for (const length of [LONGEST - 1, LONGEST, LONGEST + 1, 2 * LONGEST + 5]) {
    const out = new PacketWriter()
    out.begin(1)
    out.uint8(7)
    out.end()
    out.begin(length + 9)
    const content = Buffer.alloc(length - 1 - 3, 'x')
    out.bytes(content)
    out.end()
    const [first, second] = received([out.flush() as Buffer])
    assert.deepEqual([...(first ?? [])], [7])
    assert.ok((second?.length ?? 0) > content.length)
    assert.equal(second?.subarray(-content.length).equals(content), true)
    assert.equal(out.flush(), null)
  }
})
