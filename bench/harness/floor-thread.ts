import { parentPort } from 'node:worker_threads'
import type { FloorOrder } from './floor.ts'

let messages = 0

function echo(shared: Int32Array, rounds: number): void {
  for (let round = 1; round <= rounds; round++) {
    while (Atomics.load(shared, 0) < round) Atomics.wait(shared, 0, round - 1)
    Atomics.store(shared, 1, round)
    Atomics.notify(shared, 1)
  }
}

parentPort?.on('message', (order: FloorOrder) => {
  messages++
  if (order.kind === 'answer') parentPort?.postMessage(messages)
  if (order.kind === 'echo') echo(order.shared, order.rounds)
})
