import '../base/node-version.ts'

/* What tests need: of code that uses offloop, and of drivers for it. */
export type { Clock, Timer } from '../base/clock.ts'
export { driverConformance } from './conformance/conformance.ts'
export type {
  ConformanceSetting,
  ConformanceSource,
  ConformanceSql,
  ConformanceTest,
  Feature,
} from './conformance/setting.ts'
export { FakeClock } from './fake-clock.ts'
export { type CountedPool, type CountedWork, countingQueries, expectQueries } from './queries.ts'
export { type RollingBackOptions, rollingBack } from './rolling-back.ts'
