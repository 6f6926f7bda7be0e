import type { Case } from './case.ts'
import { closing } from './cases/closing.ts'
import { connecting } from './cases/connecting.ts'
import { driverInfo } from './cases/driver-info.ts'
import { errors } from './cases/errors.ts'
import { order } from './cases/order.ts'
import { pages } from './cases/pages.ts'
import { rows } from './cases/rows.ts'
import { statements } from './cases/statements.ts'
import { stopping } from './cases/stopping.ts'
import { transactions } from './cases/transactions.ts'
import { values } from './cases/values.ts'
import type { ConformanceSetting } from './setting.ts'
import { Subject } from './subject.ts'

const cases: readonly Case[] = [
  ...driverInfo,
  ...connecting,
  ...statements,
  ...rows,
  ...values,
  ...pages,
  ...transactions,
  ...errors,
  ...order,
  ...stopping,
  ...closing,
]

const PATIENCE = 10_000

/**
 * Registers the tests that every driver must pass, each under the driver's name and the promise that it is about. A
 * failing one says in words which promise is broken. Each case has connections, and a source, of its own.
 *
 * @example
 * import { test } from 'node:test'
 * import { driverConformance } from 'offloop/testing'
 * import driver from 'my-driver'
 *
 * driverConformance({
 *   driver,
 *   source: () => ({ host: 'localhost', database: 'test' }),
 *   test,
 *   sql: { placeholder: (position) => `$${position}`, createTable: 'CREATE TABLE offloop_conformance (...)' },
 *   features: { lastRowId: false },
 * })
 */
export function driverConformance(setting: ConformanceSetting): void {
  for (const one of cases) {
    if (isOwed(one, setting)) setting.test(`${setting.driver.name}: ${one.name}`, () => runCase(one, setting))
  }
}

function isOwed(one: Case, setting: ConformanceSetting): boolean {
  return (one.needs ?? []).every((need) =>
    need === 'unreachable' ? setting.unreachable !== undefined : setting.features?.[need] !== false,
  )
}

async function runCase(one: Case, setting: ConformanceSetting): Promise<void> {
  const subject = new Subject(setting)
  const { patience = PATIENCE } = setting
  try {
    await within(
      patience,
      async () => one.run(subject),
      () => unsettled(subject, patience),
    )
  } finally {
    // Whether closing works has cases of its own; here a driver that cannot close must not fail all the others.
    await within(
      patience,
      () => subject.end(),
      () => null,
    )
  }
}

/** Waits for `work`, but not for ever: then throws what `late` gives, unless that is null. */
async function within(milliseconds: number, work: () => Promise<void>, late: () => Error | null): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const timer = setTimeout(() => {
    const error = late()
    if (error) reject(error)
    else resolve()
  }, milliseconds)
  try {
    await Promise.race([work(), promise])
  } finally {
    clearTimeout(timer)
  }
}

function unsettled(subject: Subject, patience: number): Error {
  const names = [...subject.pending].map((call) => `${call.name}()`)
  const which = names.length > 0 ? `these calls never settled: ${names.join(', ')}` : 'nothing came any more'
  return new Error(`The case was not over after ${patience} ms; ${which}. Every promise of a connection must settle.`)
}
