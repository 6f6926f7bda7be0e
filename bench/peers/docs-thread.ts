import { parentPort, workerData } from 'node:worker_threads'
import type { DocsMessage, DocsWorkerData } from './docs-pool.ts'
import { openQueries } from './queries.ts'

const { file, settings, cached } = workerData as DocsWorkerData
const query = openQueries(file, settings, cached)

parentPort?.on('message', (message: DocsMessage) => {
  parentPort?.postMessage(query(message))
})
