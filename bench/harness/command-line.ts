import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type PeerName, peerNames } from '../peers/index.ts'
import { findScenario, scenarios } from '../scenarios/index.ts'
import type { RunOptions } from './runner.ts'
import type { Scenario } from './scenario.ts'

/** What the command line asks for. */
export interface Order extends RunOptions {
  readonly scenarios: readonly Scenario[]
  readonly json: boolean
  /** The folder for RESULTS.md and its charts; null writes none. */
  readonly out: string | null
}

const OPTIONS = {
  json: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  long: { type: 'boolean', default: false },
  blocks: { type: 'string' },
  peers: { type: 'string' },
  out: { type: 'string' },
} as const
const KNOWN = '--json, --quick, --long, --blocks N, --peers a,b, --out FOLDER'
const BLOCKS = 7
const QUICK_BLOCKS = 2
const BENCH = join(import.meta.dirname, '..')

/** Reads the words behind the script's name. Throws an error of one line that says what is known. */
export function readCommandLine(words: readonly string[]): Order {
  const { values, positionals } = parse(words)
  const { json, quick, long } = values
  const chosen = positionals.length === 0 ? scenarios : positionals.map(findScenario)
  const blocks = values.blocks === undefined ? (quick ? QUICK_BLOCKS : BLOCKS) : readBlocks(values.blocks)
  const peers = values.peers === undefined ? null : readPeers(values.peers, chosen)
  const isComplete = positionals.length === 0 && !quick && peers === null && blocks >= BLOCKS
  const out = readOut(values.out, isComplete, quick)
  return { scenarios: [...new Set(chosen)], blocks, peers, json, quick, long, out }
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true })
  } catch (cause) {
    const reason = (cause as Error).message.split('. ')[0]
    throw new RangeError(`${reason}; known options: ${KNOWN}`, { cause })
  }
}

function readBlocks(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text)
  throw new RangeError(`--blocks takes a whole number from 1 to 9999, not '${text}'; known options: ${KNOWN}`)
}

function readPeers(text: string, chosen: readonly Scenario[]): PeerName[] {
  const known = peerNames.filter((name) => chosen.some((scenario) => scenario.peers.includes(name)))
  return text.split(',').map((word) => {
    const found = known.find((name) => name === word.trim())
    if (found) return found
    throw new RangeError(`unknown peer '${word.trim()}'; known: ${known.join(', ')}`)
  })
}

// Only a complete run is a result: what is published was measured by all peers, in all scenarios, in enough blocks.
function readOut(folder: string | undefined, isComplete: boolean, quick: boolean): string | null {
  if (folder === undefined) return isComplete ? BENCH : null
  if (quick) throw new RangeError('--out takes no figures of a --quick run')
  if (resolve(folder) === BENCH && !isComplete) throw new RangeError('--out takes only a complete run there')
  return resolve(folder)
}
