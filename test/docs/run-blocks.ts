/*
 * A program of its own: imports the modules it is given one after the other, each in an empty folder of its own, and then
 * must end by itself.
 */
import { mkdirSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

for (const file of process.argv.slice(2)) {
  const folder = `${file}.folder`
  mkdirSync(folder)
  process.chdir(folder)
  await import(pathToFileURL(file).href)
}
