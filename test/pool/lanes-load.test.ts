import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { DEPTH } from '../../src/pool/lane.ts'
import { Statement } from '../../src/pool/statement.ts'
import { type Caller, type Kind, LaneCallers, statement } from './fixtures/lane-callers.ts'

/** What a test does next: somebody asks, somebody's call is answered, somebody gives up. */
type Step =
  | { readonly ask: 'read' | 'write'; readonly kind: Kind }
  | { readonly answer: number }
  | { readonly leave: number }

const kind = fc.constantFrom<Kind>('fast', 'fast', 'fast', 'slow', 'unknown', 'whole')
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ ask: fc.constant<'read'>('read'), kind }) },
  {
    weight: 2,
    arbitrary: fc.record({ ask: fc.constant<'write'>('write'), kind: fc.oneof(kind, fc.constant('long' as const)) }),
  },
  { weight: 4, arbitrary: fc.record({ answer: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ leave: fc.nat() }) },
)

interface Asked {
  readonly caller: Caller
  readonly kind: Kind
  readonly ask: 'read' | 'write'
}

/** Lanes under a sequence of steps, and what must be true after each of them. */
class Load {
  readonly all: LaneCallers
  readonly readers: number
  readonly asked: Asked[] = []

  constructor(all: LaneCallers, readers: number) {
    this.all = all
    this.readers = readers
  }

  async take(next: Step): Promise<void> {
    if ('ask' in next) this.#ask(next.ask, next.kind)
    else if ('answer' in next) at(this.#running(), next.answer)?.caller.done()
    else at(this.#waiting(), next.leave)?.caller.leave()
    await this.all.settle()
    this.#check()
  }

  /** Answers everything, oldest first, until nobody runs or waits. */
  async drain(): Promise<void> {
    for (let running = this.#running(); running.length > 0; running = this.#running()) {
      running[0]?.caller.done()
      await this.all.settle()
    }
    assert.deepEqual(this.#waiting(), [])
    assert.deepEqual(this.all.lanes.waiting, { fast: 0, slow: 0, writer: 0 })
    for (const { state, reserved } of this.all.lanes.lanes) assert.deepEqual([state, reserved], ['idle', false])
  }

  /** Of those who are alike nobody was served before somebody who came earlier. */
  checkOrder(): void {
    const order = new Map(this.all.granted.map((caller, place) => [caller, place]))
    const alike = Map.groupBy(this.asked, ({ ask, kind }) => (ask === 'write' ? 'write' : lineOf(kind)))
    for (const [line, members] of alike) {
      const places = members.map(({ caller }) => order.get(caller)).filter((place) => place !== undefined)
      assert.deepEqual(
        places,
        places.toSorted((a, b) => a - b),
        line,
      )
    }
  }

  #ask(ask: 'read' | 'write', kind: Kind): void {
    const need = kind === 'whole' ? kind : statement(kind)
    this.asked.push({ caller: ask === 'read' ? this.all.read(need) : this.all.write(need), kind, ask })
  }

  #running(): Asked[] {
    return this.asked.filter(({ caller }) => caller.lane)
  }

  #waiting(): Asked[] {
    return this.asked.filter(({ caller }) => !caller.lane && !caller.left && !this.all.granted.includes(caller))
  }

  #check(): void {
    const lanes = this.all.lanes.lanes.filter(({ role }) => role === 'reader')
    const leased = lanes.filter(({ isLeased }) => isLeased).length
    const alone = lanes.filter(({ isAlone }) => isAlone).length
    // All but one, unless all others are leased.
    assert.ok(leased + alone <= Math.max(1, this.readers - 1) || leased >= this.readers - 1)
    for (const lane of lanes) {
      assert.ok(lane.inFlight <= DEPTH)
      assert.ok(!lane.isAlone || lane.inFlight === 1)
      assert.ok(!lane.isLeased || lane.inFlight === 0)
    }
    const waiting = this.#waiting().filter(({ ask }) => ask === 'read')
    const first = waiting[0]
    if (first?.kind === 'fast') for (const lane of lanes) assert.ok(!lane.hasRoom, 'a fast one waits for nothing')
    if (first && lineOf(first.kind) === 'slow' && leased + alone < Math.max(1, this.readers - 1)) {
      assert.ok(
        lanes.some(({ reserved }) => reserved),
        'a slow one whose turn it is has no lane reserved',
      )
    }
  }
}

function lineOf(kind: Kind): string {
  return kind === 'slow' || kind === 'whole' || kind === 'long' ? 'slow' : 'quick'
}

function at<T>(list: readonly T[], index: number): T | undefined {
  return list[index % Math.max(1, list.length)]
}

describe('any mix of callers', () => {
  test('all are served, nobody after one like him who came later, no lane free for a fast one who waits', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 120 }), async (readers, steps) => {
        const load = new Load(await LaneCallers.open('writer-readers', readers + 1), readers)
        for (const next of steps) await load.take(next)
        await load.drain()
        load.checkOrder()
      }),
      { numRuns: 150 },
    )
  })
})

describe('F87 10,000 waiting callers', () => {
  const COUNT = 10_000

  /** Tells how often it was asked what it is. */
  class CountedStatement extends Statement {
    looks = 0

    override get isFast(): boolean {
      this.looks++
      return super.isFast
    }

    override get isSlow(): boolean {
      this.looks++
      return super.isSlow
    }

    override get isLong(): boolean {
      this.looks++
      return super.isLong
    }
  }

  function counted(milliseconds: number | null): CountedStatement {
    const made = new CountedStatement('', { parameterCount: 0, parameterNames: null, statementCount: 1 })
    if (milliseconds !== null) made.learn(milliseconds)
    return made
  }

  interface Crowd {
    readonly load: LaneCallers
    readonly callers: readonly Caller[]
    looks(): number
  }

  /** A crowd behind two leased readers and a leased writer, which come free when all are there. */
  async function crowd(onGathered: (callers: readonly Caller[]) => void = () => {}): Promise<Crowd> {
    const load = await LaneCallers.open('writer-readers', 3)
    const first = [load.read('whole'), load.read('whole'), load.write('whole')]
    const [fast, slow, write] = [counted(0.1), counted(10), counted(0.1)]
    const unknowns: CountedStatement[] = []
    const callers = Array.from({ length: COUNT }, (_, i) => {
      if (i % 10 === 3) return load.read(slow)
      if (i % 10 === 5) return load.read('whole')
      if (i % 10 === 7) return load.write('whole')
      if (i % 10 === 9) {
        unknowns.push(counted(null))
        return load.read(unknowns.at(-1) as CountedStatement)
      }
      return i % 2 ? load.write(write) : load.read(fast)
    })
    assert.equal(callers.filter(({ lane }) => lane).length, 0)
    onGathered(callers)
    for (const caller of first) caller.done()
    const looks = () => [fast, slow, write, ...unknowns].reduce((sum, { looks }) => sum + looks, 0)
    return { load, callers, looks }
  }

  async function serve(load: LaneCallers): Promise<void> {
    for (let served = 0; ; ) {
      await load.settle()
      const now = load.granted.filter(({ lane }, i) => i >= served && lane)
      if (now.length === 0) return
      served = load.granted.length
      for (const caller of now) caller.done(caller.need === 'whole' || caller.need.isKnown ? undefined : 0.1)
    }
  }

  test('of all kinds are all served, those alike in their order', async () => {
    const { load, callers } = await crowd()
    await serve(load)
    const places = new Map(load.granted.map((caller, place) => [caller, place]))
    assert.ok(callers.every((caller) => places.has(caller)))
    for (const kind of [3, 5, 7, 9, 0]) {
      const order = callers.filter((_, i) => i % 10 === kind).map((caller) => places.get(caller) as number)
      assert.deepEqual(
        order,
        order.toSorted((a, b) => a - b),
      )
    }
  })

  test('cost a constant number of looks each', async () => {
    const { load, callers, looks } = await crowd()
    const before = looks()
    await serve(load)
    assert.ok(before < 4 * callers.length, `${before} looks while coming`)
    assert.ok(looks() < 20 * callers.length, `${looks()} looks in all`)
  })

  test('can leave from the middle, and the others go on', async () => {
    const { load, callers } = await crowd((all) => {
      for (const [i, caller] of all.entries()) if (i % 3 === 1) caller.leave()
    })
    await serve(load)
    const stayed = callers.filter((_, i) => i % 3 !== 1)
    assert.equal(load.granted.length, stayed.length + 3)
    assert.ok(callers.every(({ left }, i) => left === (i % 3 === 1)))
  })

  test('whose statement is no longer slow leave the slow line, in their order', async () => {
    const load = await LaneCallers.open('writer-readers', 4)
    const [moody, slow] = [statement('slow'), statement('slow')]
    load.read(slow)
    const trial = load.read(moody)
    const behind = load.read(slow)
    const callers = load.readMany(COUNT, moody)
    assert.deepEqual(load.lanes.waiting, { fast: 0, slow: COUNT + 1, writer: 0 })
    trial.done(0.1)
    await load.settle()
    assert.equal(behind.lane?.state, 'slow')
    assert.equal(load.lanes.waiting.slow, 0)
    for (const caller of callers) {
      if (!caller.lane) await load.settle()
      caller.done(0.1)
    }
    assert.deepEqual(load.granted.slice(3), callers)
  })

  test('are not looked through again for each statement that changes', async () => {
    const load = await LaneCallers.open('writer-readers', 4)
    const slow = counted(10)
    load.read(slow)
    const callers = Array.from({ length: 200 }, () => load.read(statement('slow')))
    load.readMany(COUNT, slow)
    const before = slow.looks
    for (const caller of callers) {
      await load.settle()
      caller.done(0.1)
    }
    assert.ok(slow.looks - before < 20 * COUNT, `${slow.looks - before} looks`)
  })
})

test('nobody is left waiting on idle lanes, however often statements turn slow and fast again', async () => {
  const runs = fc.array(fc.constantFrom(0.1, 10), { minLength: 1, maxLength: 40 })
  const setting = fc.record({ readers: fc.integer({ min: 1, max: 3 }), runs, callers: fc.integer({ min: 1, max: 60 }) })
  await fc.assert(
    fc.asyncProperty(setting, async ({ readers, runs, callers }) => {
      const all = await LaneCallers.open('writer-readers', readers + 1)
      const changing = [statement('unknown', 'a'), statement('unknown', 'b')]
      const calls = Array.from({ length: callers }, (_, i) => all.read(changing[i % 3 === 0 ? 0 : 1] as Statement))
      for (let i = 0; all.granted.length > 0 || i === 0; i++) {
        const caller = all.granted.shift()
        if (caller?.lane) caller.done(runs[i % runs.length])
        await all.settle()
      }
      assert.deepEqual(all.lanes.waiting, { fast: 0, slow: 0, writer: 0 })
      assert.ok(calls.every(({ lane }) => lane === null))
    }),
    { numRuns: 60 },
  )
})
