import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { runChild } from '../harness/child.ts'
import { type Column, latency, loopDelay, processor, rate } from '../harness/columns.ts'
import { measure } from '../harness/figures.ts'
import { hashOf } from '../harness/hash.ts'
import type { Conditions, Scenario, Scope, Trial, Variant } from '../harness/scenario.ts'
import { ownPeers } from '../peers/index.ts'
import { ability, type Peer, type Session } from '../peers/peer.ts'
import { equalSettings, settingsNote } from '../peers/settings.ts'
import { REPORT } from '../tables/report.ts'
import { createUsers, POINT_READ, usersFile } from '../tables/users.ts'
import type { Load, LoadResult } from './http-load.ts'

const ROWS = 1_000_000
const QUICK_ROWS = 10_000
const REQUESTS_PER_SECOND = 500
const BLOCKS = 3
const LOAD = new URL('./http-load.ts', import.meta.url)
const slow: Column = { head: 'report ms', figures: ['slowMilliseconds'], digits: 0 }

interface Http extends Variant {
  readonly kind: Load['kind']
  readonly withReports: boolean
  readonly rows: number
}

/** A web server on loopback: a route that reads one row, and one that makes a report. */
export const http: Scenario<Http> = {
  code: 'HTTP',
  name: 'http',
  title: 'A node:http server: GET /user/<id> reads one row, GET /report runs a query of at least 150 ms',
  peers: ['better-sqlite3', ...ownPeers.slice(0, 1)],
  baselines: [{ label: 'direct', peers: ['better-sqlite3'] }],
  columns: [rate('requests'), latency, loopDelay, processor, slow],
  charts: [
    { figure: 'latencyP99', title: 'Latency of GET /user/<id>, p99, milliseconds', logarithmic: true },
    { figure: 'operationsPerSecond', title: 'Requests per second', logarithmic: true },
  ],
  targets: [
    {
      figure: 'latencyP99',
      to: 'direct',
      atMost: 0.5,
      appliesTo: ({ kind, withReports }) => kind === 'open' && withReports,
    },
  ],
  budget: { firstMilliseconds: 400, warmUpMilliseconds: 100, timedMilliseconds: 450 },
  notes: [
    settingsNote,
    'The load comes from a process of its own, over at most 64 connections that are kept. Figures are of /user/<id>.',
    `By the clock: ${REQUESTS_PER_SECOND.toLocaleString('en')} requests per second are due, and latency counts from then ` +
      'on. As fast as it goes: each of 32 callers sends its next request when its last one has answered; server, ' +
      'threads and load share the cores, so the load itself is part of the figure.',
    `All of it is tried in ${BLOCKS} blocks.`,
    'With reports: one request for the report is always under way, as long as requests for users are due.',
  ],
  variants,
  prepare: (folder, variants) => {
    for (const { rows } of variants) createUsers(folder, rows)
  },
  trial,
}

function variants({ quick }: Scope): Http[] {
  const rows = quick ? QUICK_ROWS : ROWS
  const beside: Http = { name: 'by the clock, with reports', kind: 'open', withReports: true, rows, blocks: BLOCKS }
  if (quick) return [beside]
  return [
    { name: 'by the clock', kind: 'open', withReports: false, rows, blocks: BLOCKS },
    beside,
    { name: 'as fast as it goes', kind: 'closed', withReports: false, rows, blocks: BLOCKS },
  ]
}

async function trial(peer: Peer, variant: Http, conditions: Conditions): Promise<Trial> {
  const session = await peer.open(usersFile(conditions.folder, variant.rows), equalSettings)
  const server = await startServer(session)
  const { port } = server.address() as AddressInfo
  const load = (milliseconds: number, wanted: Http) =>
    runChild<LoadResult>(LOAD, { ...wanted, port, milliseconds, perSecond: REQUESTS_PER_SECOND })
  await load(conditions.warmUpMilliseconds, { ...variant, kind: 'closed' })
  let result = {} as LoadResult
  const { cpuSecondsPerMillion, loopDelayP50, loopDelayP99, loopDelayMax } = await measure(async () => {
    result = await load(conditions.timedMilliseconds, variant)
    return result.requests
  })
  const hash = hashOf([await ability(session, 'all')(REPORT)(), await ability(session, 'one')(POINT_READ)(1)])
  server.close()
  await session.close()
  const { requests: _, ...measured } = result
  return { hash, figures: { ...measured, cpuSecondsPerMillion, loopDelayP50, loopDelayP99, loopDelayMax } }
}

function startServer(session: Session): Promise<Server> {
  const user = ability(session, 'one')(POINT_READ)
  const report = ability(session, 'all')(REPORT)
  return serve(async (url) => (url === '/report' ? await report() : await user(Number(url.split('/')[2]))))
}

/** A server on loopback that writes as JSON what a path is answered with. */
export async function serve(answer: (url: string) => Promise<unknown>): Promise<Server> {
  const server = createServer((request, response) => {
    answer(request.url ?? '').then(
      (value) => send(response, 200, value),
      (error: Error) => send(response, 500, error.message),
    )
  })
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  return server
}

function send(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value))
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length }).end(body)
}
