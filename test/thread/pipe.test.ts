import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { cell, createMemory } from '../../src/thread/memory.ts'
import { Inlet, Outlet } from '../../src/thread/pipe.ts'
import { RingReader, RingWriter } from '../../src/thread/ring.ts'

const RING = 1024

/** Two rings and the bytes that go from one to the other. */
function pipe() {
  const near = createMemory(RING, RING)
  const far = createMemory(RING, RING)
  const nearControl = new Int32Array(near.control)
  const farControl = new Int32Array(far.control)
  const { requestHead, requestTail } = cell
  return {
    writer: new RingWriter(near.requests, nearControl, requestHead, requestTail),
    outlet: new Outlet(near.requests, nearControl, requestHead, requestTail),
    inlet: new Inlet(far.requests, farControl, requestHead, requestTail),
    reader: new RingReader(far.requests, farControl, requestHead, requestTail),
  }
}

/** Writes a message of so many bytes; false when there is no room for it. */
function write(writer: RingWriter, number: number, size: number): boolean {
  const body = writer.begin(1, number, 4 + size)
  if (!body) return false
  for (let i = 0; i < size / 4; i++) body.uint32(number)
  writer.end(0)
  writer.publish()
  return true
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts)
}

test('messages come out as they went in, however the stream is cut, and full rings stop it', () => {
  const sizes = fc.array(fc.integer({ min: 0, max: 110 }), { minLength: 1, maxLength: 60 })
  const cuts = fc.infiniteStream(fc.integer({ min: 1, max: 700 }))
  const lazy = fc.infiniteStream(fc.boolean())
  fc.assert(
    fc.property(sizes, cuts, lazy, (quarters, cut, reads) => {
      const { writer, outlet, inlet, reader } = pipe()
      const waiting = quarters.map((quarter, number) => ({ number, size: quarter * 4 }))
      const got: { number: number; size: number }[] = []
      let stream: Uint8Array = new Uint8Array(0)
      for (let turns = 0; got.length < quarters.length; turns++) {
        assert.ok(turns < 10_000, 'nothing moves any more')
        const [next] = waiting
        if (next && write(writer, next.number, next.size)) waiting.shift()
        stream = joined([stream, ...outlet.take()])
        outlet.sent()
        const piece = stream.subarray(0, cut.next().value)
        stream = stream.subarray(inlet.feed(piece, 0))
        if (!reads.next().value) continue
        for (let message = reader.next(); message; message = reader.next()) {
          got.push({ number: message.slot, size: message.length - 16 })
          if (message.length > 16) assert.equal(message.body.uint32(), message.slot)
          reader.release()
        }
      }
      assert.deepEqual(
        got,
        quarters.map((quarter, number) => ({ number, size: quarter * 4 })),
      )
    }),
    { numRuns: 200 },
  )
})

test('a message beside the ring is there before what announces it', () => {
  const { writer, outlet, inlet, reader } = pipe()
  const large = new Uint8Array(5000).map((_, i) => i)
  write(writer, 1, 8)
  outlet.add(large.slice().buffer)
  write(writer, 2, 8)
  for (const byte of joined(outlet.take())) {
    if (reader.next()) reader.release()
    else inlet.feed(Uint8Array.of(byte), 0)
    if (!reader.isEmpty) break
  }
  assert.deepEqual(new Uint8Array(inlet.receive() as ArrayBuffer), large)
  assert.equal(inlet.receive(), undefined)
})

test('nothing is taken twice, and its space is free only when it was sent', () => {
  const { writer, outlet } = pipe()
  while (write(writer, 1, 200));
  assert.ok(outlet.take().length > 0)
  assert.deepEqual(outlet.take(), [])
  assert.equal(write(writer, 2, 200), false)
  outlet.sent()
  assert.equal(write(writer, 2, 200), true)
})
