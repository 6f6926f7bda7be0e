/**
 * Galera clusters of MariaDB for tests: nodes that all take writes. All start on copies of one data folder at one place in
 * the cluster's history, so that no node ever needs another one's data whole: what it lacks it gets from the memory of the
 * others.
 */
import { chmodSync, copyFileSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { accountFor } from './account.ts'
import { findServer } from './index.ts'
import type { Programs, Settings } from './kind.ts'
import { mariadb } from './mariadb.ts'
import { freePort } from './port.ts'
import { plainEnvironment, run } from './run.ts'
import { Server } from './server.ts'
import { siteFolder } from './site.ts'

/** A cluster of this process's own. */
export class Galera {
  readonly nodes: readonly Server[]
  readonly #programs: Programs
  readonly #settings: readonly Settings[]

  private constructor(programs: Programs, settings: readonly Settings[], nodes: readonly Server[]) {
    this.#programs = programs
    this.#settings = settings
    this.nodes = nodes
  }

  /** A cluster whose nodes let clients in; whether they have joined, they say themselves (`wsrep_ready`). */
  static async start(count = 3): Promise<Galera> {
    const programs = withScript(await findServer('mariadb'))
    const settings = await settingsOf(programs, count)
    const nodes: Server[] = []
    try {
      // The first one begins the cluster: there is nobody yet that it could look for.
      const first = await Server.start(mariadb, programs, { settings: { ...settings[0], ...ALONE } })
      nodes.push(first)
      await first.stop()
      const account = accountFor(mariadb.accounts)
      const seed = join(first.folder, 'seed')
      await run(['cp', '-Rp', join(first.folder, 'data'), seed], { account })
      const data = (folder: string) => run(['cp', '-Rp', seed, folder], { account }).then(() => undefined)
      await first.start()
      for (const own of settings.slice(1)) nodes.push(await Server.start(mariadb, programs, { settings: own, data }))
    } catch (error) {
      await Promise.all(nodes.map((node) => node.remove()))
      throw error
    }
    return new Galera(programs, settings, nodes)
  }

  /** Starts a node again that was stopped or killed: it looks for the others, and catches up with them. */
  async rejoin(index: number): Promise<void> {
    const node = this.nodes[index]
    const own = this.#settings[index]
    if (!node || !own) throw new Error(`this cluster has no node ${index}`)
    await node.start({ ...own, 'wsrep-start-position': await this.#positionOf(node, own) })
  }

  async remove(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.remove()))
  }

  /** How far a node's data are, which one that was killed has not noted. */
  async #positionOf({ folder, port }: Server, settings: Settings): Promise<string> {
    const command = mariadb.command(this.#programs, { folder, port, durable: false, settings })
    const options = { account: accountFor(mariadb.accounts), env: this.#programs.env }
    const said = await run([...command, '--wsrep-recover'], options)
    const position = /Recovered position: (\S+)/.exec(said)?.[1]
    if (position === undefined) throw new Error(`the node of a Galera cluster does not know how far it is: ${said}`)
    return position
  }
}

const ALONE = { 'wsrep-cluster-address': 'gcomm://' }

/** Why there can be no cluster here, or null. */
export async function whyNoGalera(): Promise<string | null> {
  try {
    galeraOf(await findServer('mariadb'))
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function galeraOf({ galera }: Programs): string {
  if (galera === undefined) throw new Error("no libgalera_smm.so found: it is in Debian's package galera-4")
  return galera
}

/** How long a node may be silent until the others go on without it. */
const SUSPECT = 'PT1.5S'
const INACTIVE = 'PT3S'

async function settingsOf(programs: Programs, count: number): Promise<Settings[]> {
  const galera = galeraOf(programs)
  const ports = await Promise.all(Array.from({ length: count * 2 }, freePort))
  const group = ports.slice(0, count)
  return group.map((port, index) => {
    const provider = {
      'gmcast.listen_addr': `tcp://127.0.0.1:${port}`,
      'ist.recv_addr': `127.0.0.1:${ports[count + index]}`,
      'evs.suspect_timeout': SUSPECT,
      'evs.inactive_timeout': INACTIVE,
      'evs.keepalive_period': 'PT0.3S',
      'evs.inactive_check_period': 'PT0.3S',
      'gcache.size': '32M',
    }
    return {
      'wsrep-on': 'ON',
      'wsrep-provider': galera,
      'wsrep-cluster-name': `offloop-${group[0]}`,
      'wsrep-cluster-address': `gcomm://${group.map((one) => `127.0.0.1:${one}`).join(',')}`,
      'wsrep-node-address': '127.0.0.1',
      'wsrep-node-name': `node${index}`,
      'wsrep-sst-method': 'offloop',
      'wsrep-provider-options': Object.entries(provider)
        .map(([name, value]) => `${name}=${value}`)
        .join(';'),
      'binlog-format': 'ROW',
      'innodb-autoinc-lock-mode': 2,
    }
  })
}

const SCRIPT = 'wsrep_sst_offloop'

/** The programs with what a node runs when it joins, where the server's account may read it. */
function withScript(programs: Programs): Programs {
  const folder = mkdtempSync(join(siteFolder(), 'galera-'))
  chmodSync(folder, 0o755)
  copyFileSync(join(import.meta.dirname, SCRIPT), join(folder, SCRIPT))
  chmodSync(join(folder, SCRIPT), 0o755)
  return { ...programs, env: { ...programs.env, PATH: `${folder}:${plainEnvironment().PATH}` } }
}
