import type { DriverInfo, ParamStyle } from './driver.ts'

const styles: Readonly<Record<ParamStyle, (position: number) => string>> = {
  qmark: () => '?',
  numeric: (position) => `:${position}`,
  named: (position) => `:p${position}`,
  format: () => '%s',
  pyformat: (position) => `%(p${position})s`,
}

/** How the value at `position`, counted from 1, is written in a driver's SQL: as the driver says, or by its `paramstyle`. */
export function placeholderOf({ paramstyle, placeholder }: DriverInfo): (position: number) => string {
  return placeholder ?? styles[paramstyle]
}
