import { blockingPeers, ownPeers, type PeerName } from '../peers/index.ts'
import { installed } from '../peers/installed.ts'
import type { Chart, Line } from './chart.ts'
import type { ScenarioResult } from './runner.ts'
import type { Variant } from './scenario.ts'

interface Vega {
  View: new (runtime: unknown, options: object) => { toSVG(): Promise<string> }
  parse(spec: unknown): unknown
  logger(level: number): unknown
  readonly Error: number
}

interface VegaLite {
  compile(spec: object, options: object): { spec: unknown }
}

/** What is drawn of one peer under one variant. */
export interface Point {
  readonly variant: string
  readonly peer: PeerName
  readonly kind: 'offloop' | 'blocking' | 'asynchronous'
  readonly median: number
  readonly min: number
  readonly max: number
  /** Where it stands on the horizontal axis of a line. */
  readonly x: number | null
}

const WIDTH = 560
const COLOURS = { domain: ['offloop', 'blocking', 'asynchronous'], range: ['#d1495b', '#8d99ae', '#30638e'] }
const TICKS = 6
const HEADER = { labelOrient: 'top', labelAnchor: 'start', labelAngle: 0, labelFontWeight: 'bold' }

/** Draws a chart of what was measured, as the text of an SVG file. */
export async function drawChart(chart: Chart, result: ScenarioResult): Promise<string> {
  const [vega, { compile }] = await Promise.all([installed<Vega>('vega'), installed<VegaLite>('vega-lite')])
  const points = pointsOf(chart, result)
  const wanted = chart.line ? lines(chart, chart.line, points) : bars(chart, points)
  // It would warn that every variant has its own list of peers, which is what is wanted.
  const { spec } = compile(wanted, { logger: vega.logger(vega.Error) })
  return await new vega.View(vega.parse(spec), { renderer: 'none' }).toSVG()
}

/** What a chart shows, in the order of the tables. */
export function pointsOf({ figure, line }: Chart, { variants }: ScenarioResult): Point[] {
  return variants.flatMap(({ variant, peers }) => {
    const x = line ? line.at(variant) : null
    if (line && x === null) return []
    return peers.flatMap(({ peer, summary }) => {
      const spread = summary[figure]
      return spread ? [{ variant: variant.name, peer, kind: kindOf(peer), ...spread, x }] : []
    })
  })
}

function kindOf(peer: PeerName): Point['kind'] {
  if (ownPeers.includes(peer)) return 'offloop'
  return blockingPeers.includes(peer) ? 'blocking' : 'asynchronous'
}

function bars({ title, logarithmic = false }: Chart, points: readonly Point[]): object {
  const lowest = logarithmic ? below(points) : 0
  const values = points.map((point) => ({ ...point, median: Math.max(point.median, lowest), lowest }))
  const scale = logarithmic ? { type: 'log', domainMin: lowest } : { type: 'linear' }
  const x = { field: 'median', type: 'quantitative', title: null, scale, axis: { tickCount: TICKS } }
  const range = values.map((value) => ({ ...value, min: Math.max(value.min, lowest) }))
  return {
    ...frame(title),
    data: { values: range },
    facet: {
      row: { field: 'variant', title: null, sort: [...new Set(points.map(({ variant }) => variant))], header: HEADER },
    },
    resolve: { scale: { y: 'independent' } },
    spec: {
      width: WIDTH,
      height: { step: 15 },
      encoding: { y: { field: 'peer', type: 'nominal', title: null, sort: null } },
      layer: [
        { mark: 'bar', encoding: { x, x2: { datum: lowest }, color: colour() } },
        { mark: { type: 'rule', color: '#222' }, encoding: { x: { ...x, field: 'min' }, x2: { field: 'max' } } },
      ],
    },
  }
}

function lines(chart: Chart, { axis, logarithmic = false }: Line<Variant>, values: readonly Point[]): object {
  const scale = logarithmic ? { type: 'log' } : { type: 'linear', nice: false }
  const ticks = [...new Set(values.map(({ x }) => x))]
  const x = { field: 'x', type: 'quantitative', title: axis, scale, axis: { values: ticks, format: ',d' } }
  const height = {
    type: 'quantitative',
    title: null,
    scale: { type: chart.logarithmic ? 'log' : 'linear', nice: true },
  }
  const colour = { field: 'peer', type: 'nominal', title: null, legend: { labelLimit: 0 } }
  return {
    ...frame(chart.title),
    width: WIDTH,
    height: 260,
    data: { values },
    encoding: { x, color: colour },
    layer: [
      { mark: { type: 'rule', opacity: 0.5 }, encoding: { y: { ...height, field: 'min' }, y2: { field: 'max' } } },
      { mark: { type: 'line', point: true }, encoding: { y: { ...height, field: 'median' } } },
    ],
  }
}

function frame(title: string): object {
  const subtitle = 'median; the line is from the lowest to the highest block'
  return { title: { text: title, subtitle, anchor: 'start' }, background: 'white', padding: 12 }
}

function colour(): object {
  return { field: 'kind', type: 'nominal', title: null, scale: COLOURS }
}

// Bars on a logarithmic axis begin at the power of ten below all of them.
function below(points: readonly Point[]): number {
  const lowest = Math.min(...points.map(({ min, median }) => (min > 0 ? min : median)).filter((value) => value > 0))
  return Number.isFinite(lowest) ? 10 ** Math.floor(Math.log10(lowest)) : 1
}
