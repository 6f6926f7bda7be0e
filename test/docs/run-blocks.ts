/*
 * A program of its own: imports the modules it is given one after the other, each in its own folder, and then must end by
 * itself.
 */
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'

for (const file of process.argv.slice(2)) {
  process.chdir(dirname(file))
  await import(pathToFileURL(file).href)
}
