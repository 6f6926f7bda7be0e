import type { Verdict } from './port.ts'

/** What the loop asks of a process's watch. */
export type CancelVerb = 'cancel' | 'end'

/* Question and answer are three int32 each: the word's number, the slot, the call's serial. */
const words: readonly (CancelVerb | Verdict)[] = ['cancel', 'end', 'late', 'waiting', 'running', 'ended']
const RECORD_BYTES = 12

/** A question or an answer as bytes. */
export function cancelRecord(word: CancelVerb | Verdict, slot: number, serial: number): Uint8Array {
  return new Uint8Array(Int32Array.of(words.indexOf(word), slot, serial).buffer)
}

/** Makes a function that takes bytes of a stream and calls back with each record in it. */
export function cancelRecords<Word extends CancelVerb | Verdict>(
  callback: (word: Word, slot: number, serial: number) => void,
): (bytes: Uint8Array) => void {
  const record = new Uint8Array(RECORD_BYTES)
  const fields = new Int32Array(record.buffer)
  let there = 0
  return (bytes) => {
    for (let at = 0; at < bytes.length; ) {
      const taken = Math.min(RECORD_BYTES - there, bytes.length - at)
      record.set(bytes.subarray(at, at + taken), there)
      at += taken
      there += taken
      if (there < RECORD_BYTES) return
      there = 0
      const [word = 0, slot = 0, serial = 0] = fields
      callback(words[word] as Word, slot, serial)
    }
  }
}
