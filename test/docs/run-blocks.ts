/*
 * A program of its own: imports the modules it is given one after the other, each in its own folder, and then must end by
 * itself. What became of each it writes into the file that is named first, a line of JSON for each.
 */
import { appendFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'

const [told, ...modules] = process.argv.slice(2) as [string, ...string[]]

for (const module of modules) {
  process.chdir(dirname(module))
  const error = await import(pathToFileURL(module).href).then(
    () => null,
    (thrown) => inspect(thrown),
  )
  appendFileSync(told, `${JSON.stringify({ module, error })}\n`)
}
