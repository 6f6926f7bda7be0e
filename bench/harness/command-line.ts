import { parseArgs } from 'node:util'
import { type PeerName, peerNames } from '../peers/index.ts'
import { findScenario, scenarios } from '../scenarios/index.ts'
import type { RunOptions } from './runner.ts'
import type { Scenario } from './scenario.ts'

/** What the command line asks for. */
export interface Order extends RunOptions {
  readonly scenarios: readonly Scenario[]
  readonly json: boolean
}

const OPTIONS = {
  json: { type: 'boolean', default: false },
  quick: { type: 'boolean', default: false },
  blocks: { type: 'string' },
  peers: { type: 'string' },
} as const
const KNOWN = '--json, --quick, --blocks N, --peers a,b'
const BLOCKS = 7
const QUICK_BLOCKS = 2

/** Reads the words behind the script's name. Throws an error of one line that says what is known. */
export function readCommandLine(words: readonly string[]): Order {
  const { values, positionals } = parse(words)
  const chosen = positionals.length === 0 ? scenarios : positionals.map(findScenario)
  const blocks = values.blocks === undefined ? (values.quick ? QUICK_BLOCKS : BLOCKS) : readBlocks(values.blocks)
  const peers = values.peers === undefined ? null : readPeers(values.peers, chosen)
  return { scenarios: [...new Set(chosen)], blocks, peers, json: values.json, quick: values.quick }
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
