import type { Account } from './account.ts'

export type ServerName = 'postgres' | 'mariadb' | 'mysql'

/** Options of a server, as it names them itself. */
export type Settings = Readonly<Record<string, string | number | boolean>>

/** The programs of one server on this machine. */
export interface Programs {
  /** Where they were found, for people. */
  readonly origin: string
  /** What the server says of its version, such as `15.18`. */
  readonly version: string
  /** The server's program, with what must stand before it. */
  readonly server: readonly string[]
  /** The program that makes a data folder, where that is not the server itself. */
  readonly init?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** The folder under which the files are that the server reads. */
  readonly base?: string
  /** The library for Galera clusters. */
  readonly galera?: string
}

/** What a server is started with. */
export interface Start {
  /** A folder of its own, with the data in `data`. */
  readonly folder: string
  readonly port: number
  /** What was acknowledged survives the death of the machine; without it, only that of the server. */
  readonly durable: boolean
  readonly settings: Settings
}

/** One kind of server: what must be known of it to run it. */
export interface Kind {
  readonly name: ServerName
  readonly title: string
  /** Accounts that it may run as where this process is root's. */
  readonly accounts: readonly string[]
  /** Finds or fetches it. Rejects with the reason why it cannot be had. */
  find(): Promise<Programs>
  /** Changes when what `init` writes changes. */
  readonly recipe: number
  /** Makes the data of a new server in the folder `data`, with the user `offloop`, who may do everything. */
  init(programs: Programs, data: string, account: Account | undefined): Promise<void>
  /** The whole command of a server. */
  command(programs: Programs, start: Start): string[]
  /** Ends it in good order, and without delay. */
  readonly signals: { readonly stop: NodeJS.Signals; readonly end: NodeJS.Signals }
  /** Whether it serves by now. */
  isReady(port: number): Promise<boolean>
  url(port: number, database?: string): string
}

export function asText(value: string | number | boolean): string {
  return value === true ? 'on' : value === false ? 'off' : String(value)
}
