import { Socket } from 'node:net'
import { workerData } from 'node:worker_threads'
import { type CancelVerb, cancelRecord, cancelRecords } from './cancel-records.ts'
import { Watch } from './process-decisions.ts'
import { pipeEnd } from './process-pipes.ts'

/* The second thread of a process: it hears the loop while the first one is in the middle of a statement. */

const watch = new Watch(new Int32Array(workerData as SharedArrayBuffer))
const pipe = new Socket({ fd: pipeEnd.cancels, readable: true, writable: true })

// Nothing less ends a statement. The database makes good what was not committed, as after any crash.
function end(): void {
  process.kill(process.pid, 'SIGKILL')
}

const answer = cancelRecords<CancelVerb>((verb, slot, serial) => {
  const verdict = verb === 'cancel' ? watch.cancel(slot, serial) : watch.end(slot, serial)
  pipe.write(cancelRecord(verdict, slot, serial), () => verdict === 'ended' && end())
})

pipe.on('data', answer)
// The application is gone, and nobody waits for the statement any more.
pipe.on('error', end)
pipe.on('close', end)
