import type { BlockingDriver } from '../contract/driver.ts'
import type { LoadedDriver } from './host.ts'

/** Imports the driver's module where the driver is to run. */
export async function load(driverModule: string): Promise<LoadedDriver> {
  try {
    const module = (await import(driverModule)) as { driver: BlockingDriver }
    return { driver: module.driver }
  } catch (error) {
    return { error }
  }
}
