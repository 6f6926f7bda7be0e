import { workerData } from 'node:worker_threads'
import type { BlockingDriver } from '../contract/driver.ts'
import type { LoadedDriver } from './host.ts'
import { serve, type ThreadData } from './serve.ts'

async function load(): Promise<LoadedDriver> {
  try {
    const module = (await import((workerData as ThreadData).driverModule)) as { driver: BlockingDriver }
    return { driver: module.driver }
  } catch (error) {
    return { error }
  }
}

serve(await load())
