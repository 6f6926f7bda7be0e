import { readFileSync } from 'node:fs'
import type { Author } from '../../tables/blog.ts'
import { installed } from '../installed.ts'
import type { NestedAuthor, OpenRecords } from '../records.ts'
import { equalSettings, pragmas } from '../settings.ts'

interface Delegate {
  findUniqueOrThrow(query: object): Promise<Author>
  findMany(query: object): Promise<unknown>
  create(query: object): Promise<Author>
  update(query: object): Promise<Author>
  delete(query: object): Promise<Author>
}
interface Client {
  readonly author: Delegate
  $queryRawUnsafe(sql: string): Promise<unknown>
  $disconnect(): Promise<void>
}
interface Runtime {
  getPrismaClient(config: object): new (options: { adapter: unknown }) => Client
}
interface Adapter {
  PrismaBetterSqlite3: new (options: { url: string }) => unknown
}

// Node's types have none of it.
declare const WebAssembly: { readonly Module: new (bytes: Uint8Array) => unknown }

const { getPrismaClient } = await installed<Runtime>('@prisma/client/runtime/client')
const { PrismaBetterSqlite3 } = await installed<Adapter>('@prisma/adapter-better-sqlite3')

// What `prisma generate` 7.10 writes for a blog's schema, which is in it, into generated/internal/class.ts: without the
// command, whose package is large and downloads an engine that this needs not.
const generated = JSON.parse(readFileSync(new URL('./prisma.json', import.meta.url), 'utf8')) as object
const compiler = '@prisma/client/runtime/query_compiler_fast_bg.sqlite'
const PrismaClient = getPrismaClient({
  ...generated,
  compilerWasm: {
    getRuntime: () => import(`${compiler}.mjs`),
    getQueryCompilerWasmModule: async () => {
      const { wasm } = await installed<{ wasm: string }>(`${compiler}.wasm-base64.mjs`)
      return new WebAssembly.Module(Buffer.from(wasm, 'base64'))
    },
    importName: './query_compiler_fast_bg.js',
  },
})

/** Prisma without an engine of its own, on its adapter for better-sqlite3. */
export const openRecords: OpenRecords = async (file) => {
  const client = new PrismaClient({ adapter: new PrismaBetterSqlite3({ url: `file:${file}` }) })
  for (const sql of pragmas(equalSettings)) await client.$queryRawUnsafe(sql)
  const { author } = client
  const orderBy = { id: 'asc' }
  return {
    find: (id) => author.findUniqueOrThrow({ where: { id } }),
    list: (age, take) => author.findMany({ where: { age: { gte: age } }, orderBy, take }) as Promise<Author[]>,
    insert: (data) => author.create({ data }),
    update: ({ id }, age) => author.update({ where: { id }, data: { age } }),
    remove: ({ id }) => author.delete({ where: { id } }),
    nested: (take) =>
      author.findMany({ orderBy, take, include: { posts: { include: { comments: true } } } }) as Promise<
        NestedAuthor[]
      >,
    all: () => author.findMany({ orderBy }) as Promise<Author[]>,
    close: () => client.$disconnect(),
  }
}
