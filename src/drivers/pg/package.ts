import type { EventEmitter } from 'node:events'
import type { Duplex } from 'node:stream'
import { loadPackage } from '../server/package.ts'

/** What is used of the package `pg`: how it finds a server, agrees on TLS and says who one is. */
export interface PgPackage {
  readonly Client: new (config: Readonly<Record<string, unknown>>) => PgClient
  readonly Connection: new (config: Readonly<Record<string, unknown>>) => PgSocket
}

export interface PgClient extends EventEmitter {
  readonly connection: PgSocket
  readonly processID: number | null
  readonly secretKey: number | null
  getStartupConf: () => Record<string, string>
  connect(): Promise<unknown>
}

export interface PgSocket extends EventEmitter {
  readonly stream: Duplex
  attachListeners(stream: Duplex): void
  connect(port: number | string, host?: string): void
  requestSsl(): void
  cancel(processId: number, secretKey: number): void
}

let loaded: PgPackage | null = null

/** Loads the package, the first time it is needed. */
export function pgPackage(): PgPackage {
  loaded ??= loadPackage<PgPackage>('pg')
  return loaded
}
