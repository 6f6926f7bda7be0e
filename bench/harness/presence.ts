import { loadPeer, type PeerName } from '../peers/index.ts'
import { childInput, childOutput } from './child.ts'

// Whether a peer can run here is found out by loading it, in a process of its own: some are missing a package, some a
// binary, some an interpreter.
const absent: [PeerName, string][] = []
for (const name of childInput<PeerName[]>()) {
  await loadPeer(name).catch((error: Error) => absent.push([name, error.message.split('\n', 1)[0] ?? '']))
}
childOutput(absent)
process.exit()
