import { workerData } from 'node:worker_threads'
import { load } from './load.ts'
import { serve, type ThreadData } from './serve.ts'

serve(await load((workerData as ThreadData).driverModule))
