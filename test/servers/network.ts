import { once } from 'node:events'
import { type AddressInfo, createServer, connect as dial, type Server, type Socket } from 'node:net'

/** What a network does with bytes: those that it gives are sent on, null sends none. */
export type Pass = (bytes: Buffer, link: Link) => Buffer | null

const pass: Pass = (bytes) => bytes

/** One client's way through the network to the server. */
export class Link {
  readonly number: number
  readonly client: Socket
  readonly server: Socket
  /** Nothing is passed on in either direction any more, and nobody is told. */
  isSilent = false

  constructor(number: number, client: Socket, server: Socket) {
    this.number = number
    this.client = client
    this.server = server
  }

  get isOpen(): boolean {
    return !this.client.destroyed
  }

  /** Ends it on both sides without a word. */
  cut(): void {
    this.client.destroy()
    this.server.destroy()
  }

  /** Ends it with a reset, as a machine does that was started anew. */
  reset(): void {
    this.client.resetAndDestroy()
    this.server.resetAndDestroy()
  }
}

/**
 * A network between a client and a server that does what networks do: it is silent, slow, cuts off, loses the end of an
 * answer. Without instructions it passes everything on.
 */
export class Network {
  /** Requests on their way to the server. */
  onRequest: Pass = pass
  /** Answers on their way to the client. */
  onAnswer: Pass = pass
  /** Nothing is passed on in either direction, and nobody is told. */
  isSilent = false
  /** Links that there ever were. */
  linked = 0
  readonly #listener: Server
  readonly #links = new Set<Link>()
  #target: number

  private constructor(target: number, listener: Server) {
    this.#target = target
    this.#listener = listener
  }

  /** A network on a free port of the loopback interface before the server on another one. */
  static async before(port: number): Promise<Network> {
    const listener = createServer({ allowHalfOpen: true })
    const network = new Network(port, listener)
    listener.on('connection', (client) => network.#link(client))
    await network.open()
    return network
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port
  }

  get links(): readonly Link[] {
    return [...this.#links]
  }

  /** Whoever connects from now on comes to that server. */
  leadTo(port: number): void {
    this.#target = port
  }

  /** The same URL, but through the network. */
  urlFor(url: string): string {
    const through = new URL(url)
    through.port = String(this.port)
    return through.href
  }

  async open(port = 0): Promise<void> {
    this.#listener.listen(port, '127.0.0.1')
    await once(this.#listener, 'listening')
  }

  /** Cuts all links; gives how many there were. */
  cutAll(): number {
    const links = this.links
    for (const link of links) link.cut()
    return links.length
  }

  async close(): Promise<void> {
    this.cutAll()
    if (!this.#listener.listening) return
    this.#listener.close()
    await once(this.#listener, 'close')
  }

  #link(client: Socket): void {
    const server = dial({ port: this.#target, host: '127.0.0.1', allowHalfOpen: true })
    const link = new Link(this.linked++, client, server)
    this.#links.add(link)
    this.#carry(client, server, (bytes) => this.#sent(bytes, link, this.onRequest))
    this.#carry(server, client, (bytes) => this.#sent(bytes, link, this.onAnswer))
    const end = () => {
      this.#links.delete(link)
      link.cut()
    }
    client.on('close', end)
    server.on('close', end)
  }

  #sent(bytes: Buffer, link: Link, decide: Pass): Buffer | null {
    return this.isSilent || link.isSilent ? null : decide(bytes, link)
  }

  #carry(from: Socket, to: Socket, decide: (bytes: Buffer) => Buffer | null): void {
    from.setNoDelay(true)
    from.on('error', () => {
      // The end of a link is seen by its 'close'.
    })
    from.on('data', (bytes: Buffer) => {
      const passed = decide(bytes)
      if (passed && !to.destroyed) to.write(passed)
    })
    from.on('end', () => {
      if (!this.isSilent && !to.destroyed) to.end()
    })
  }
}

/** Whether a request holds this word of SQL, in capitals or not. */
export function says(bytes: Buffer, word: string): boolean {
  return bytes.toString('latin1').toLowerCase().includes(word.toLowerCase())
}
