import { workerData } from 'node:worker_threads'
import { openQueries } from './queries.ts'
import type { Settings } from './settings.ts'

// piscina gives a thread its own things first and those of its user behind them.
const { file, settings } = (Array.isArray(workerData) ? workerData.at(-1) : workerData) as {
  file: string
  settings: Settings | null
}

export default openQueries(file, settings, true)
