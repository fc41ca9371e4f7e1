import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { BlockList, isIP, type Socket } from 'node:net'
import { networkOf, plainAddress } from './client-address.ts'
import { descriptorLimit } from './descriptors.ts'

/** Descriptors that connections leave to the store, the files and the threads of the hub. */
const RESERVED_DESCRIPTORS = 100
/** Requests that wait on one connection behind another; clients and proxies send one after the other. */
const MAX_PIPELINED = 16
/** Refused requests (401, 429) after which a connection is closed. */
const MAX_REFUSALS = 10
/** A connection of a stranger that is younger has not had time to send its key. */
const MIN_AGE_MS = 1_000
/** Connections that were closed for what they sent, per address, after which the address may open only a few for a while. */
const MAX_ABUSES = 20
const PENALTY_MS = 10_000
const PENALTY_CONNECTIONS = 20
/** The time in which a reader has to take something of its answer, in milliseconds. */
const READER_TIMEOUT_MS = 30_000
const CHECK_INTERVAL_MS = 5_000
/** A connection on which nothing happens for so long is closed, whatever it waits for: longer than any long poll. */
const IDLE_TIMEOUT_MS = 180_000

/** In milliseconds; other ones are for tests. */
export interface ConnectionTimes {
  readonly minAge: number
  readonly reader: number
  readonly check: number
  readonly idle: number
}

const usualTimes: ConnectionTimes = {
  minAge: MIN_AGE_MS,
  reader: READER_TIMEOUT_MS,
  check: CHECK_INTERVAL_MS,
  idle: IDLE_TIMEOUT_MS,
}

export interface ConnectionLimits {
  /** Open connections in all. */
  readonly total: number
  /** Open connections of one address; proxies that are trusted have no such limit. */
  readonly perAddress: number
}

interface Connection {
  readonly address: Address
  readonly openedAt: number
  /** The same connection as requests know it, where it speaks TLS. */
  secure?: Socket
  /** Requests that wait behind another. */
  pipelined: number
  refusals: number
  /** Bytes that the reader had taken, and when that was first seen; only while an answer waits for it. */
  taken: number
  takenAt: number
}

interface Address {
  open: number
  /** Connections that were closed for what they sent, since `since`. */
  abuses: number
  /** Connections that were opened under a penalty, since `since`. */
  opened: number
  since: number
}

/** The limits of the settings, which leave descriptors for everything else. */
export function connectionLimits(settings: ConnectionLimits, descriptors: number | undefined = descriptorLimit()): ConnectionLimits {
  const available = descriptors === undefined ? settings.total : Math.max(10, descriptors - RESERVED_DESCRIPTORS)
  const total = Math.min(settings.total, available)
  return { total, perAddress: Math.min(settings.perAddress, Math.ceil(total / 2)) }
}

/**
 * Bounds what connections may cost before anybody knows who they are: how many there are, how many requests wait on one, how
 * long an answer waits for its reader. One request after the other costs nothing here.
 */
export class Connections {
  readonly #limits: ConnectionLimits
  readonly #isProxy: (address: string | undefined) => boolean
  readonly #times: ConnectionTimes
  readonly #connections = new Map<Socket, Connection>()
  /** Connections that have brought no valid key yet, oldest first. */
  readonly #strangers = new Set<Socket>()
  readonly #addresses = new Map<string, Address>()
  /** What requests know of a connection with TLS, and what the server has accepted. */
  readonly #accepted = new WeakMap<Socket, Socket>()

  constructor(limits: ConnectionLimits, trustedProxies: readonly string[], times: ConnectionTimes = usualTimes) {
    this.#limits = limits
    this.#isProxy = isOneOf(trustedProxies)
    this.#times = times
  }

  get open(): number {
    return this.#connections.size
  }

  /** Watches the connections of a server. */
  watch(server: Server): void {
    server.on('connection', (socket) => this.#opened(socket))
    server.setTimeout(this.#times.idle)
    const timer = setInterval(() => this.#dropReaders(), this.#times.check)
    timer.unref()
    server.once('close', () => clearInterval(timer))
  }

  #opened(socket: Socket): void {
    const now = performance.now()
    const name = networkOf(socket.remoteAddress)
    const address = this.#addressOf(name, now)
    if (!this.#makeRoom(address, this.#isProxy(socket.remoteAddress), now)) return void socket.destroy()
    address.open++
    this.#connections.set(socket, { address, openedAt: now, pipelined: 0, refusals: 0, taken: -1, takenAt: now })
    this.#strangers.add(socket)
    socket.once('close', () => {
      this.#connections.delete(socket)
      this.#strangers.delete(socket)
      address.open--
      if (address.open === 0 && performance.now() - address.since >= PENALTY_MS) this.#addresses.delete(name)
    })
  }

  #addressOf(name: string, now: number): Address {
    let address = this.#addresses.get(name)
    if (address === undefined) {
      // Those that left none open and are kept for their penalty.
      if (this.#addresses.size >= this.#limits.total * 2)
        for (const [key, { open }] of this.#addresses) if (open === 0) this.#addresses.delete(key)
      address = { open: 0, abuses: 0, opened: 0, since: now }
      this.#addresses.set(name, address)
    } else if (now - address.since >= PENALTY_MS) {
      address.since = now
      address.abuses = 0
      address.opened = 0
    }
    return address
  }

  /** Whether a connection of this address may be opened, perhaps in the place of a stranger's. */
  #makeRoom(address: Address, isProxy: boolean, now: number): boolean {
    if (!isProxy && address.abuses > MAX_ABUSES && ++address.opened > PENALTY_CONNECTIONS) return false
    if (!isProxy && address.open >= this.#limits.perAddress && !this.#dropStranger(address, now)) return false
    if (this.#connections.size < this.#limits.total) return true
    let most = address
    for (const other of this.#addresses.values()) if (other.open > most.open) most = other
    return this.#dropStranger(most, now)
  }

  /** Closes the oldest connection of an address that has brought no key. @returns whether there was one */
  #dropStranger(address: Address, now: number): boolean {
    for (const socket of this.#strangers) {
      const connection = this.#connections.get(socket)!
      if (now - connection.openedAt < this.#times.minAge) return false
      if (connection.address !== address) continue
      // It is closed in a later turn; its place is free now.
      this.#connections.delete(socket)
      this.#strangers.delete(socket)
      socket.destroy()
      return true
    }
    return false
  }

  /** A connection speaks TLS: requests know it as another one. */
  secured(secure: Socket, socket: Socket): void {
    this.#accepted.set(secure, socket)
    const connection = this.#connections.get(socket)
    if (connection !== undefined) connection.secure = secure
  }

  #find(socket: Socket): Connection | undefined {
    return this.#connections.get(socket) ?? this.#connections.get(this.#accepted.get(socket) ?? socket)
  }

  /** A request on this connection had a valid key. */
  known(socket: Socket): void {
    if (this.#strangers.size > 0) this.#strangers.delete(this.#accepted.get(socket) ?? socket)
  }

  /**
   * To be asked for each request before anything else. Requests that are sent before the last one is answered wait for their
   * turn, and a connection with many of them is closed.
   * @returns whether the request is to be answered
   */
  admit(request: IncomingMessage, response: ServerResponse): boolean {
    // A response that follows another has no socket yet; this is all that an ordinary request costs.
    return response.socket !== null || this.#admitPipelined(request, response)
  }

  #admitPipelined({ socket }: IncomingMessage, response: ServerResponse): boolean {
    // What was read together with the request that closed it.
    if (socket.destroyed) return false
    const connection = this.#find(socket)
    if (connection === undefined) return true
    if (++connection.pipelined > MAX_PIPELINED) {
      this.abused(socket)
      stopParsing(socket)
      socket.destroy()
      return false
    }
    response.once('close', () => connection.pipelined--)
    return true
  }

  /** A request was refused with 401 or 429. @returns whether the connection is to be closed after the answer */
  refused(socket: Socket): boolean {
    const connection = this.#find(socket)
    if (connection === undefined || ++connection.refusals < MAX_REFUSALS) return false
    // A client that asks too often with a valid key is clumsy, and others may share its address.
    if (this.#strangers.has(this.#accepted.get(socket) ?? socket)) connection.address.abuses++
    return true
  }

  /** The connection is closed for what it sent. */
  abused(socket: Socket): void {
    const connection = this.#find(socket)
    if (connection !== undefined) connection.address.abuses++
  }

  /** Closes the connections whose answer waits and whose reader takes nothing. */
  #dropReaders(): void {
    const now = performance.now()
    for (const [socket, connection] of this.#connections) {
      if ((connection.secure ?? socket).writableLength === 0) {
        connection.taken = -1
        continue
      }
      const taken = takenBytes(socket)
      if (taken !== connection.taken) {
        connection.taken = taken
        connection.takenAt = now
      } else if (now - connection.takenAt >= this.#times.reader) socket.destroy()
    }
  }
}

/** What a parser of Node takes for: no more messages come on this connection. */
const NO_MORE_MESSAGES = 2

/**
 * Keeps Node from making a request of everything that was read in one piece with this one: two thousand requests fit into a
 * piece, which are ten megabytes of objects, for each of the connections that send so. Destroying the socket does not stop it.
 */
function stopParsing(socket: Socket): void {
  const { parser } = socket as unknown as { parser?: { onIncoming?: (() => number) | null } | null }
  if (typeof parser?.onIncoming === 'function') parser.onIncoming = () => NO_MORE_MESSAGES
}

/** What the system has taken of everything written, also in the middle of a large write. */
function takenBytes(socket: Socket): number {
  const { _handle: handle } = socket as unknown as { _handle?: { bytesWritten?: number; writeQueueSize?: number } | null }
  return (handle?.bytesWritten ?? 0) - (handle?.writeQueueSize ?? socket.writableLength)
}

const namedNetworks: Record<string, readonly string[]> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
}

function isOneOf(networks: readonly string[]): (address: string | undefined) => boolean {
  if (networks.length === 0) return () => false
  const list = new BlockList()
  for (const network of networks.flatMap((name) => namedNetworks[name] ?? [name])) {
    const [address = '', bits] = network.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    list.addSubnet(address, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family)
  }
  return (name) => {
    const address = plainAddress(name) ?? ''
    const family = isIP(address)
    return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4')
  }
}
