import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { cell } from '../../src/thread/memory.ts'
import { decodeAlone, encodeAlone, RingReader, RingWriter } from '../../src/thread/ring.ts'

function ring(bytes: number) {
  const memory = new SharedArrayBuffer(bytes)
  const control = new Int32Array(new SharedArrayBuffer(4096))
  return {
    control,
    writer: new RingWriter(memory, control, cell.requestHead, cell.requestTail),
    reader: new RingReader(memory, control, cell.requestHead, cell.requestTail),
  }
}

function put(writer: RingWriter, slot: number, bytes: Uint8Array): boolean {
  const body = writer.begin(1, slot, 9 + bytes.byteLength)
  if (!body) return false
  body.value(bytes)
  writer.end(0)
  return true
}

test('a message is seen only after it was published', () => {
  const { writer, reader } = ring(1024)
  put(writer, 7, Uint8Array.of(1, 2, 3))
  assert.equal(reader.next(), null)
  writer.publish()
  const message = reader.next()
  assert.deepEqual(message?.body.value(), Uint8Array.of(1, 2, 3))
  assert.equal(message?.slot, 7)
  reader.release()
  assert.equal(reader.next(), null)
})

test('a full ring takes no more until the reader has made room, and loses nothing', () => {
  const { writer, reader } = ring(256)
  let written = 0
  while (put(writer, written, new Uint8Array(20))) written++
  assert.ok(written >= 4)
  writer.publish()
  assert.equal(reader.next()?.slot, 0)
  reader.release()
  assert.ok(put(writer, written, new Uint8Array(20)))
  writer.publish()
  const slots = []
  for (let message = reader.next(); message; message = reader.next()) {
    slots.push(message.slot)
    reader.release()
  }
  assert.deepEqual(
    slots,
    Array.from({ length: written }, (_, i) => i + 1),
  )
})

test('a message as large as the ring allows always fits when the ring is empty, wherever it stands', () => {
  const { writer, reader } = ring(512)
  for (let i = 0; i < 100; i++) {
    assert.ok(put(writer, 1, new Uint8Array(i % 40)), `small ${i}`)
    writer.publish()
    reader.next()
    reader.release()
    assert.ok(put(writer, 2, new Uint8Array(writer.largest - 9)), `large ${i}`)
    writer.publish()
    assert.equal(reader.next()?.length, writer.largest - 4 + 16)
    reader.release()
  }
})

test('any sequence of messages comes out as it went in', () => {
  const message = fc.record({ slot: fc.nat(65535), bytes: fc.uint8Array({ maxLength: 100 }), readFirst: fc.nat(3) })
  fc.assert(
    fc.property(fc.array(message, { maxLength: 200 }), (messages) => {
      const { writer, reader } = ring(512)
      const expected: { slot: number; bytes: Uint8Array }[] = []
      const readOne = () => {
        const next = reader.next()
        if (!next) return false
        const { slot, bytes } = expected.shift() as { slot: number; bytes: Uint8Array }
        assert.equal(next.slot, slot)
        assert.deepEqual(next.body.value(), bytes)
        reader.release()
        return true
      }
      for (const { slot, bytes, readFirst } of messages) {
        for (let i = 0; i < readFirst; i++) readOne()
        while (!put(writer, slot, bytes)) assert.ok(readOne(), 'a full ring has something to read')
        writer.publish()
        expected.push({ slot, bytes })
      }
      while (readOne());
      assert.equal(expected.length, 0)
    }),
  )
})

test('positions go on past 2^31 and 2^32', () => {
  const { writer, reader } = ring(65536)
  const large = new Uint8Array(30_000)
  for (let passed = 0, i = 0; passed < 2 ** 32 + 100_000; passed += large.byteLength, i++) {
    assert.ok(put(writer, i & 0xffff, large))
    writer.publish()
    const message = reader.next()
    assert.equal(message?.slot, i & 0xffff)
    assert.equal(message?.length, 30_000 + 16 + 5)
    reader.release()
  }
})

test('a message beside the ring takes at most twice its length, whatever was thought of it before', () => {
  const bytes = new Uint8Array(100_000).map((_, i) => i)
  for (const bound of [0, 5, 100_009, 150_000, 400_000, 50_000_000]) {
    const alone = encodeAlone(1, 0, 0, (writer) => writer.value(bytes), bound)
    assert.ok(alone.byteLength <= 2 * 100_021, `${alone.byteLength} bytes for a bound of ${bound}`)
    assert.deepEqual(decodeAlone(alone).body.value(), bytes)
  }
})

test('a message beside the ring holds what one in the ring would', () => {
  const text = 'ä'.repeat(100_000)
  const alone = decodeAlone(encodeAlone(3, 9, 5, (writer) => writer.value({ text, bytes: new Uint8Array(70_000) })))
  assert.deepEqual([alone.type, alone.slot, alone.flags], [3, 9, 5])
  assert.deepEqual(alone.body.value(), { text, bytes: new Uint8Array(70_000) })
})
