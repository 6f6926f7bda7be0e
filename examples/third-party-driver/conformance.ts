/*
 * What the author of a driver runs to learn what is wrong with it: `node conformance.ts [driver.ts]`. Each test is
 * one promise of a driver; one that fails says in words which is broken, and what came instead.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { Driver } from 'offloop'
import { driverConformance } from 'offloop/testing'

const path = resolve(process.argv[2] ?? join(import.meta.dirname, 'driver.ts'))
const { default: driver }: { default: Driver } = await import(pathToFileURL(path).href)

const folder = mkdtempSync(join(tmpdir(), 'tiny-sqlite-'))
after(() => rmSync(folder, { recursive: true }))
let count = 0

driverConformance({
  driver,
  test,
  source: () => ({ file: join(folder, `${count++}.db`) }),
  unreachable: () => ({ file: join(folder, 'no such folder', 'file.db') }),
  // What this driver does not offer; the tests of it are left out.
  features: { readers: false },
})
