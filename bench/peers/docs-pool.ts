import { Worker } from 'node:worker_threads'
import type { Row, Session, Value } from './peer.ts'
import type { Settings } from './settings.ts'

/** What a worker is started with. */
export interface DocsWorkerData {
  readonly file: string
  readonly settings: Settings | null
  readonly cached: boolean
}

/** One query on its way to a worker. */
export interface DocsMessage {
  readonly sql: string
  readonly parameters: readonly Value[]
}

interface Job {
  readonly message: DocsMessage
  resolve(rows: Row[]): void
  reject(error: unknown): void
}

const SCRIPT = new URL('./docs-thread.ts', import.meta.url)

/**
 * The scheme of better-sqlite3's docs/threads.md: one queue, several workers, and a worker that has answered takes the
 * next job. A worker that fails is not replaced, as the benchmark ends there.
 */
export function openDocsPool(workerData: DocsWorkerData, threads: number): Session {
  const queue: Job[] = []
  const takers: (() => void)[] = []
  const workers = Array.from({ length: threads }, () => startWorker(workerData, queue, takers))
  const query = (message: DocsMessage) =>
    new Promise<Row[]>((resolve, reject) => {
      queue.push({ message, resolve, reject })
      for (const takeWork of takers) takeWork()
    })
  const all =
    (sql: string) =>
    (...parameters: Value[]) =>
      query({ sql, parameters })
  return {
    one:
      (sql) =>
      async (...parameters) =>
        (await query({ sql, parameters }))[0],
    all,
    run: all,
    close: async () => void (await Promise.all(workers.map((worker) => worker.terminate()))),
  }
}

function startWorker(workerData: DocsWorkerData, queue: Job[], takers: (() => void)[]): Worker {
  const worker = new Worker(SCRIPT, { workerData })
  let job: Job | undefined
  const takeWork = () => {
    if (job) return
    job = queue.shift()
    if (job) worker.postMessage(job.message)
  }
  worker.on('online', () => {
    takers.push(takeWork)
    takeWork()
  })
  worker.on('message', (rows: Row[]) => {
    job?.resolve(rows)
    job = undefined
    takeWork()
  })
  worker.on('error', (error) => {
    if (!job) throw error
    job.reject(error)
  })
  return worker
}
