import { workerData } from 'node:worker_threads'
import { markThread } from './inside.ts'
import { load } from './load.ts'
import { serve, type ThreadData } from './serve.ts'

markThread()
await serve(await load((workerData as ThreadData).driverModule))
