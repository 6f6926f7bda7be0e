import type { ModelClass, Slot, Stateful } from './contract.ts'

/*
 * A record that the database gave is made by the class's own constructor, so that its private fields are there. What it
 * is made of waits here: constructors of users need not know of it.
 */
let slotsOfNext: Slot[] | null = null
let peersOfNext: readonly Stateful[] | null = null

/** Makes a record of what the database gave. */
export function bear(model: ModelClass, slots: Slot[], peers: readonly Stateful[] | null): Stateful {
  slotsOfNext = slots
  peersOfNext = peers
  try {
    return new model()
  } finally {
    slotsOfNext = null
  }
}

/** Makes records of rows of slots, in their place, from `start` to before `end`. */
export function bearAll(
  model: ModelClass,
  rows: Slot[][],
  peers: readonly Stateful[] | null,
  start: number,
  end: number,
): void {
  // Around all of them: a class may throw before its record took what waits, and around each one it costs as much again.
  try {
    bearEach(model, rows, peers, start, end)
  } finally {
    slotsOfNext = null
  }
}

function bearEach(
  model: ModelClass,
  rows: Slot[][],
  peers: readonly Stateful[] | null,
  start: number,
  end: number,
): void {
  const records = rows as unknown[] as Stateful[]
  for (let at = start; at < end; at++) {
    slotsOfNext = rows[at] as Slot[]
    peersOfNext = peers
    records[at] = new model()
  }
}

/** The slots of the record that is being made; null for one that a program makes. */
export function takeSlots(): Slot[] | null {
  const slots = slotsOfNext
  slotsOfNext = null
  return slots
}

/** The peers of the record whose slots were just taken. */
export function takePeers(): readonly Stateful[] | null {
  return peersOfNext
}
