import { Worker } from 'node:worker_threads'
import { Host } from './host.ts'
import { markThread } from './inside.ts'
import { load } from './load.ts'
import { PipePort } from './pipe-port.ts'
import { pipeEnd } from './process-pipes.ts'
import { siblingModule } from './sibling.ts'
import { ownFlags, type ThreadStart } from './start.ts'

// They are sent to all processes of a terminal or a service. This one ends when the application closes it, or ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => undefined)

const port = new PipePort(pipeEnd, () => process.exit(0))
const { driverModule, name }: ThreadStart = JSON.parse(new TextDecoder().decode(port.receiveFirst()))
process.title = name
const watch = new Worker(new URL(siblingModule(import.meta.url, './process-watch')), {
  name: `${name} watch`,
  workerData: port.memory.control,
  execArgv: ownFlags(),
})
watch.unref()

markThread()
const host = new Host(port, await load(driverModule))
await host.run()
