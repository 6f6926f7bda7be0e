/**
 * Compiles src/ into a folder that is emptied first. Declarations stay file by file; the JavaScript is gathered into few
 * files, since to find and load a file costs more time than the code in it.
 *
 *   node scripts/build.ts [folder]        folder: dist/ unless given
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { type GetManualChunk, type Plugin, type RollupBuild, rollup } from 'rollup'
import manifest from '../package.json' with { type: 'json' }

const root = resolve(import.meta.dirname, '..')
const target = resolve(process.argv[2] ?? join(root, 'dist'))

/** What the event loop's side imports by URL or name, and what a thread does: modules of src/, without their ending. */
const doors = Object.values(manifest.exports).flatMap((door) =>
  typeof door === 'string' ? [] : [door['offloop-source'].replace(/^\.\/src\/|\.ts$/g, '')],
)
const threads = [
  'thread/entry',
  'thread/process-entry',
  'thread/process-watch',
  'drivers/node-sqlite/blocking',
  'drivers/better-sqlite3/blocking',
]
/** Threads with their driver: what they load is one file, and the errors. */
const wholeThreads = ['drivers/node-sqlite/entry', 'drivers/better-sqlite3/entry']
/** A function that runs in a thread may import the main door: its errors are to be the same classes. */
const errors = 'contract/errors'

function compile(): void {
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const options = ['-p', join(root, 'tsconfig.build.json'), '--outDir', target]
  const { status, error } = spawnSync(process.execPath, [compiler, ...options], { stdio: 'inherit' })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}

async function gather(): Promise<void> {
  const shared = await read([...doors, ...threads], [sharedErrors])
  const whole = await Promise.all(wholeThreads.map((name) => read([name], [foundErrors])))
  // Everything has been read.
  for (const file of compiledFiles()) rmSync(file)
  let chunkOf: ReturnType<typeof chunks> | null = null
  await write(shared, (file, { getModuleInfo }) => {
    chunkOf ??= chunks((module) => getModuleInfo(module)?.importedIds ?? [])
    return chunkOf(file)
  })
  for (const bundle of whole) await write(bundle)
}

function read(names: readonly string[], plugins: readonly Plugin[]): Promise<RollupBuild> {
  return rollup({
    input: Object.fromEntries(names.map((name) => [name, compiledFile(name)])),
    external: [/^node:/, ...Object.keys(manifest.dependencies)],
    plugins: [...plugins, compiled, places],
    onLog(level, { code, message }) {
      // A function that the compiler puts above an import() looks for an older self in `this`. A module that only passes
      // errors on has no use for them itself.
      if (code !== 'THIS_IS_UNDEFINED' && code !== 'UNUSED_EXTERNAL_IMPORT')
        throw new Error(`rollup has a ${level}: ${message}`)
    },
  })
}

async function write(bundle: RollupBuild, manualChunks: GetManualChunk = () => null): Promise<void> {
  await bundle.write({
    dir: target,
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    manualChunks,
    hoistTransitiveImports: false,
    sourcemap: true,
    // The package has src/ itself.
    sourcemapExcludeSources: true,
  })
  await bundle.close()
}

function compiledFile(name: string): string {
  return join(target, `${name}.js`)
}

function compiledFiles(): string[] {
  const files = readdirSync(target, { recursive: true, encoding: 'utf8' })
  return files.filter((file) => /\.js(\.map)?$/.test(file)).map((file) => join(target, file))
}

/** From which of these modules each file is reached. */
function reached(names: readonly string[], importsOf: (file: string) => readonly string[]) {
  const from = new Map<string, Set<string>>()
  const visit = (file: string, name: string) => {
    const known = from.get(file) ?? new Set<string>()
    if (known.has(name)) return
    from.set(file, known.add(name))
    for (const imported of importsOf(file)) visit(imported, name)
  }
  for (const name of names) visit(compiledFile(name), name)
  return from
}

/**
 * Where code goes that several modules need: `core` is what the main door needs of it, `both` what a driver needs on
 * both sides, `loop` and `thread` what it needs on one.
 */
function chunks(importsOf: (file: string) => readonly string[]) {
  const byDoors = reached(doors, importsOf)
  const byThreads = reached(threads, importsOf)
  return (file: string): string | null => {
    const loop = byDoors.get(file) ?? new Set()
    const thread = byThreads.get(file) ?? new Set()
    if (loop.size + thread.size === 1) return null
    if (loop.has('index')) return 'core'
    if (loop.size > 0) return thread.size > 0 ? 'both' : 'loop'
    return 'thread'
  }
}

/** Reads what the compiler wrote, with its map. */
const compiled: Plugin = {
  name: 'compiled',
  load: (file) => ({ code: readFileSync(file, 'utf8'), map: readFileSync(`${file}.map`, 'utf8') }),
}

/** Keeps the names of what the errors export, in the file that holds them and more. */
const sharedErrors: Plugin = {
  name: 'shared-errors',
  buildStart() {
    this.emitFile({
      type: 'chunk',
      id: compiledFile(errors),
      fileName: 'core.js',
      preserveSignature: 'allow-extension',
    })
  },
}

/** Takes the errors from the file that holds them, as a thread with its driver sees it. */
const foundErrors: Plugin = {
  name: 'found-errors',
  async resolveId(source, importer) {
    const resolved = await this.resolve(source, importer)
    return resolved?.id === compiledFile(errors) ? { id: '../../core.js', external: 'absolute' } : null
  },
}

/** Leaves `import.meta.url` what it is in src/: modules find others by it. */
const places: Plugin = {
  name: 'places',
  resolveImportMeta(property, { chunkId, moduleId }) {
    if (property !== 'url') throw new Error(`${moduleId} uses import.meta.${property}`)
    const path = relative(dirname(join(target, chunkId)), moduleId).replaceAll('\\', '/')
    return join(target, chunkId) === moduleId ? null : `new URL('./${path}', import.meta.url).href`
  },
}

rmSync(target, { recursive: true, force: true })
compile()
await gather()
