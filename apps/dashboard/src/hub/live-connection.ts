import type { LiveEvent } from '@signalbox/client'
import type { EventType } from '@signalbox/contract/event'
import { type LiveHostStart, liveHostStart } from './live-host-start.ts'
import { ALIVE_INTERVAL_MS, type HostMessage, type HostState, type LivePlace, newTabId, type TabMessage } from './live-message.ts'

export type LiveStatus =
  /** The first connection is not open yet. */
  | 'connecting'
  | 'live'
  /** Lost a moment ago; the client reconnects. */
  | 'reconnecting'
  /** Lost for longer than `OFFLINE_AFTER_MS`. */
  | 'offline'
  /** The hub rejected the request: a key is missing or may not read events. */
  | 'refused'

export interface LiveState {
  readonly status: LiveStatus
  /** Until when what is shown was up to date, in milliseconds since 1970; undefined while there is a connection. */
  readonly lostAt?: number
  /** What is shown may be old: the hub does not respond, or this device slept and has received nothing from the hub since. */
  readonly isOld?: true
}

export interface LiveConnectionOptions {
  readonly types: readonly EventType[]
  readonly onEvent: (event: LiveEvent) => void
  readonly onOpen: (connection: { readonly isFirst: boolean }) => void
  readonly onLost: () => void
  /** With the code of the hub's error. */
  readonly onRefused: (code: string | undefined) => void
}

/** A connection restored within this time is never shown as offline. */
const OFFLINE_AFTER_MS = 4_000
/** A host that sends nothing for longer is asked for its state, and started again when it does not answer. */
const HOST_SILENT_MS = 2.5 * ALIVE_INTERVAL_MS
const HOST_ANSWER_MS = 5_000
/** A stream on which nothing comes for so long, not even a keepalive, is taken for lost. */
const STREAM_IDLE_MS = 45_000

/** The event stream of the hub with its state. The stream itself is held by the host of all tabs of the browser. */
export class LiveConnection {
  readonly #options: LiveConnectionOptions
  readonly #listeners = new Set<() => void>()
  readonly #tab = newTabId()
  readonly #hostStart: LiveHostStart
  #channel: BroadcastChannel | undefined
  #host: string | undefined
  #state: LiveState = { status: 'connecting' }
  #place: LivePlace = {}
  /** When the last event came. */
  #updatedAt = 0
  #offlineTimer: ReturnType<typeof setTimeout> | undefined
  #idleTimer: ReturnType<typeof setTimeout> | undefined

  constructor(options: LiveConnectionOptions) {
    this.#options = options
    this.#hostStart = liveHostStart(() => this.#place)
  }

  readonly state = (): LiveState => this.#state

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  start(): void {
    this.#channel = new BroadcastChannel(this.#hostStart.channelName)
    this.#channel.onmessage = ({ data }: MessageEvent<HostMessage | TabMessage>) => this.#receive(data)
    this.#join()
    this.#hostStart.start()
    this.#expectHost(HOST_SILENT_MS)
  }

  stop(): void {
    this.#hostStart.stop()
    this.#channel?.close()
    clearTimeout(this.#offlineTimer)
    clearTimeout(this.#idleTimer)
    this.#listeners.clear()
  }

  /** Ends the pause before the next attempt. */
  readonly retryNow = (): void => {
    const { status } = this.#state
    if (status !== 'connecting' && status !== 'live') this.#send({ kind: 'retry' })
  }

  /** Opens the stream anew, with the identity that the browser has now. */
  readonly reopen = (): void => this.#send({ kind: 'reopen' })

  /** This device has slept since then: until the hub answers, nothing that is shown counts as of now. */
  readonly slept = (since: number): void => {
    const { status } = this.#state
    if (status === 'connecting' || status === 'refused') return
    clearTimeout(this.#offlineTimer)
    this.#setState({ status: 'reconnecting', lostAt: since, isOld: true })
    this.#offlineTimer = setTimeout(() => this.#setState({ status: 'offline', lostAt: since, isOld: true }), OFFLINE_AFTER_MS)
    this.reopen()
    this.#join()
  }

  #send(message: TabMessage): void {
    this.#channel?.postMessage(message)
  }

  #join(): void {
    this.#send({ kind: 'join', tab: this.#tab, types: this.#options.types, place: this.#place })
  }

  #receive(message: HostMessage | TabMessage): void {
    if (message.kind === 'join' || message.kind === 'retry' || message.kind === 'reopen') return
    this.#expectHost(HOST_SILENT_MS)
    if (message.kind === 'event') this.#receiveEvent(message)
    else if (message.kind === 'alive') this.#noticeHost(message.host)
    // With another tab's name it is the answer to that tab.
    else if (message.tab === undefined || message.tab === this.#tab) this.#follow(message)
  }

  #noticeHost(host: string): void {
    if (host !== this.#host) this.#join()
    this.#host = host
  }

  #follow(state: HostState): void {
    if (state.kind === 'open') {
      if (!this.#isUpToDate(state.place)) this.#opened()
    }
    if (state.kind === 'refused') this.#refused(state.code)
    if (state.kind === 'lost' || (state.kind === 'connecting' && this.#state.status === 'live')) this.#lost()
  }

  /** Whether a tab that has asked its host has missed no event: nothing has to be loaded again. */
  #isUpToDate(place: LivePlace | undefined): boolean {
    return this.#state.status === 'live' && place?.after === this.#place.after && place?.storeId === this.#place.storeId
  }

  #receiveEvent({ event, place }: Extract<HostMessage, { kind: 'event' }>): void {
    this.#place = place
    this.#updatedAt = Date.now()
    // After a gap everything is loaded again, as after a long outage.
    if (event.event === 'gap') this.#options.onOpen({ isFirst: false })
    else this.#options.onEvent(event)
  }

  /** Asks an idle host for its state, and replaces it when it does not answer. A frozen tab may have missed its messages. */
  #expectHost(milliseconds: number): void {
    clearTimeout(this.#idleTimer)
    this.#idleTimer = setTimeout(() => {
      this.#join()
      this.#idleTimer = setTimeout(() => {
        this.#host = undefined
        this.#lost()
        this.#hostStart.start()
        this.#expectHost(HOST_SILENT_MS)
      }, HOST_ANSWER_MS)
    }, milliseconds)
  }

  #opened(): void {
    clearTimeout(this.#offlineTimer)
    const isFirst = this.#state.status === 'connecting'
    this.#setState({ status: 'live' })
    this.#updatedAt = Date.now()
    this.#options.onOpen({ isFirst })
  }

  #lost(): void {
    if (this.#state.status === 'reconnecting' || this.#state.status === 'offline') return
    const lostAt = Math.max(this.#updatedAt, Date.now() - STREAM_IDLE_MS)
    this.#setState({ status: 'reconnecting', lostAt })
    clearTimeout(this.#offlineTimer)
    this.#offlineTimer = setTimeout(() => this.#setState({ status: 'offline', lostAt, isOld: true }), OFFLINE_AFTER_MS)
    this.#options.onLost()
  }

  #refused(code: string | undefined): void {
    clearTimeout(this.#offlineTimer)
    this.#setState({ status: 'refused' })
    this.#options.onRefused(code)
  }

  #setState(next: LiveState): void {
    if (next.status === this.#state.status && next.isOld === this.#state.isOld) return
    this.#state = next
    for (const listener of this.#listeners) listener()
  }
}
