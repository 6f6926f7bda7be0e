import type { Peer } from './peer.ts'

// A trial's process loads its own peer and no other.
const peers = {
  'better-sqlite3': () => import('./better-sqlite3.ts'),
  'node-sqlite': () => import('./node-sqlite.ts'),
  'docs-worker': () => import('./docs-worker.ts'),
  'docs-worker-cached': () => import('./docs-worker-cached.ts'),
  'offloop-node-sqlite': () => import('./offloop-node-sqlite.ts'),
  'offloop-better-sqlite3': () => import('./offloop-better-sqlite3.ts'),
} satisfies Record<string, () => Promise<{ peer: Peer }>>

export type PeerName = keyof typeof peers

export const peerNames = Object.keys(peers) as PeerName[]

/** The peers that are offloop. */
export const ownPeers: readonly PeerName[] = ['offloop-node-sqlite', 'offloop-better-sqlite3']

export async function loadPeer(name: PeerName): Promise<Peer> {
  return (await peers[name]()).peer
}
