import { execFile, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { Figures } from '../harness/figure-names.ts'
import { hashOf } from '../harness/hash.ts'
import type { TrialOrder } from '../harness/runner.ts'
import type { Trial } from '../harness/scenario.ts'
import { createItems, INSERT, makeItems, removeDatabase, storedItems, tupleOf } from '../tables/items.ts'
import { checkedIds, POINT_READ, usersFile } from '../tables/users.ts'
import type { Peer } from './peer.ts'
import { equalSettings, pragmas } from './settings.ts'

/** What the variants of S1 and S2 say. */
interface Wanted {
  readonly operation?: 'read' | 'insert'
  readonly rows?: number
  readonly inFlight?: number
  readonly settings?: 'equal' | 'defaults'
}

interface Answer {
  readonly figures: Figures
  readonly rows: unknown
}

const SCRIPT = fileURLToPath(new URL('./adbapi.py', import.meta.url))
const CANDIDATES = ['python3', '/usr/bin/python3']
const INSERTED = 60

const python = CANDIDATES.find((path) => spawnSync(path, ['-c', 'import sqlite3, twisted']).status === 0)
if (!python) throw new Error('no python3 with Twisted is here; Debian calls it python3-twisted')

/** twisted.enterprise.adbapi, offloop's ancestor. Its variants are those of S1 and S2. */
export const peer: Peer = {
  open: () => Promise.reject(new Error('adbapi runs its trials by itself')),
  trials,
}

async function trials({ variants, folder, budget }: TrialOrder): Promise<Trial[]> {
  const writing = join(folder, `adbapi-${process.pid}.db`)
  createItems(writing)
  const orders = variants.map((variant) => orderOf(variant as Wanted, folder, writing))
  const { stdout } = await promisify(execFile)(python as string, [SCRIPT, JSON.stringify({ orders, budget })], {
    maxBuffer: 2 ** 28,
  })
  const answers = JSON.parse(stdout) as Answer[]
  const hashes = answers.map(({ rows }) => (rows === null ? storedItems(writing, INSERTED).hash : hashOf(rows)))
  removeDatabase(writing)
  return answers.map(({ figures }, index) => ({ hash: hashes[index] as string, figures }))
}

function orderOf(wanted: Wanted, folder: string, writing: string) {
  const { operation = 'read', rows = 10_000, inFlight = 1, settings = 'equal' } = wanted
  if (operation === 'read') {
    const file = usersFile(folder, rows)
    const set = settings === 'equal' ? pragmas(equalSettings) : []
    return { operation, file, inFlight, pragmas: set, sql: POINT_READ, rows, ids: checkedIds(rows) }
  }
  const items = makeItems(INSERTED).map(tupleOf)
  return { operation, file: writing, inFlight, pragmas: pragmas(equalSettings), sql: INSERT, items }
}
