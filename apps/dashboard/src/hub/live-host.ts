import type { LiveEvent, LiveOptions } from '@signalbox/client'
import { followEvents } from '@signalbox/client/follow-events'
import type { EventType } from '@signalbox/contract/event'
import { hubUrl } from '../ui/hub-url.ts'
import { ALIVE_INTERVAL_MS, type HostMessage, type HostState, type LivePlace, newTabId, type TabMessage } from './live-message.ts'

/** Minimum pause after a refusal. */
const REFUSED_PAUSE_MS = 500

/** Holds the one event stream of a browser and broadcasts it to the tabs. It reconnects until it is stopped. */
export class LiveHost {
  readonly #channel: BroadcastChannel
  readonly #stopped = new AbortController()
  readonly #alive: ReturnType<typeof setInterval>
  #attempt = new AbortController()
  #state: HostState = { kind: 'connecting' }
  #types: readonly EventType[] | undefined
  #place: LivePlace
  /** The store that the stream is of. */
  #storeId: string | undefined

  readonly #url: string

  /**
   * @param place how far the tabs have the events, when there was a host before
   * @param url the hub that the stream is of; for tests another one than that of the page
   */
  constructor(channelName: string, place: LivePlace = {}, url: string = hubUrl) {
    this.#place = place
    this.#url = url
    this.#channel = new BroadcastChannel(channelName)
    this.#channel.onmessage = ({ data }: MessageEvent<TabMessage | HostMessage>) => this.#receive(data)
    const alive = { kind: 'alive', host: newTabId() } as const
    this.#alive = setInterval(() => this.#send(alive), ALIVE_INTERVAL_MS)
    // Tabs that joined before this host listened join again.
    this.#send(alive)
  }

  stop(): void {
    this.#send({ kind: 'lost' })
    this.#stopped.abort()
    this.#attempt.abort()
    clearInterval(this.#alive)
    this.#channel.close()
  }

  #receive(message: TabMessage | HostMessage): void {
    if (message.kind === 'join') {
      this.#send({ ...this.#state, tab: message.tab, ...(this.#state.kind === 'open' ? { place: this.#place } : {}) })
      if (this.#types !== undefined) return
      this.#types = message.types
      if (this.#place.after === undefined) this.#place = message.place
      void this.#follow(message.types)
    }
    if (message.kind === 'retry' && (this.#state.kind === 'lost' || this.#state.kind === 'refused')) this.#attempt.abort()
    if (message.kind === 'reopen') this.#reopen()
  }

  /** Whether the hub answers is only known then: a tab that asks meanwhile gets no state from before. */
  #reopen(): void {
    if (this.#state.kind === 'open') this.#setState({ kind: 'connecting' })
    this.#attempt.abort()
  }

  async #follow(types: readonly EventType[]): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      this.#attempt = new AbortController()
      try {
        for await (const event of followEvents(this.#url, this.#eventOptions(types))) {
          this.#place = this.#placeAfter(event)
          this.#send({ kind: 'event', event, place: this.#place })
        }
      } catch (error) {
        await this.#refused(error)
      }
    }
  }

  #eventOptions(types: readonly EventType[]): LiveOptions {
    const { after, storeId } = this.#place
    return {
      types,
      signal: AbortSignal.any([this.#stopped.signal, this.#attempt.signal]),
      onConnection: (connection) => {
        if (connection.state === 'open') this.#storeId = connection.storeId
        this.#setState({ kind: connection.state })
      },
      ...(after === undefined ? {} : { after, storeId }),
    }
  }

  /** Until the first event of a connection, the place is of the store that was there before. */
  #placeAfter({ id, event, data }: LiveEvent): LivePlace {
    const storeId = this.#storeId
    if (event === 'gap') return { after: typeof data.continues_after === 'number' ? data.continues_after : undefined, storeId }
    return { after: id ?? this.#place.after, storeId }
  }

  /** Waits for a tab to ask for another attempt: the hub would reject it until the user signs in. */
  async #refused(error: unknown): Promise<void> {
    const { signal } = this.#attempt
    const retry = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
    const pause = new Promise((resolve) => setTimeout(resolve, REFUSED_PAUSE_MS))
    this.#setState({ kind: 'refused', code: (error as { code?: string }).code })
    await Promise.all([retry, pause])
  }

  #setState(state: HostState): void {
    this.#state = state
    this.#send(state)
  }

  #send(message: HostMessage): void {
    if (!this.#stopped.signal.aborted) this.#channel.postMessage(message)
  }
}
