import { type Clock, StateTrackingApiClient } from '@signalbox/client'
import { isSameAddress } from '@signalbox/hub-address/http-address'
import { type ChosenHub, chooseHub } from './choose-hub.ts'
import { Fleet, type FleetSession } from './fleet.ts'
import { HubFollower } from './hub-follower.ts'
import type { ConnectionStatus } from './status-text.ts'
import { WindowClock } from './window-clock.ts'

export interface TrackerOptions {
  readonly env: NodeJS.ProcessEnv
  readonly settings: () => { readonly enabled: boolean; readonly apiUrl: string }
  /** The key that was entered for this hub. */
  readonly keyOf: (url: string) => Promise<string | undefined>
  readonly onChange: () => void
  /** Whether a session is of this workspace. */
  readonly isOwn?: (session: FleetSession) => boolean
  /** The hub or the key is another one. */
  readonly onHub: () => void
}

/** A hub that is started meanwhile is found when someone looks at the window, no more often than this. */
const CHOOSE_INTERVAL_MS = 5_000
const nothing = new Fleet()

/** Knows which hub this window follows, and what is there. */
export class Tracker {
  readonly #options: TrackerOptions
  readonly #clock = new WindowClock()
  #hub: ChosenHub | undefined
  #client: StateTrackingApiClient | undefined
  #followingClient: StateTrackingApiClient | undefined
  #follower: HubFollower | undefined
  /** What the commands read is damaged. */
  #problem: string | undefined
  #chosenAt = 0
  #choosing: Promise<void> | undefined
  #isStopped = false

  constructor(options: TrackerOptions) {
    this.#options = options
  }

  get hub(): ChosenHub | undefined {
    return this.#hub
  }
  /** Of the hub that is followed; undefined without one. */
  get client(): StateTrackingApiClient | undefined {
    return this.#client
  }
  /** For what stays open: it waits longer while no one looks at the window. */
  get followingClient(): StateTrackingApiClient | undefined {
    return this.#followingClient
  }
  get clock(): Clock {
    return this.#clock
  }
  get fleet(): Fleet {
    return this.#follower?.fleet ?? nothing
  }
  get limits() {
    return this.#follower?.limits
  }
  get scopes() {
    return this.#follower?.scopes
  }
  get isLoaded(): boolean {
    return this.#follower?.isLoaded === true
  }
  get lostAt(): number | undefined {
    return this.#follower?.lostAt
  }
  /** Why there is no connection, for people. */
  get problem(): string | undefined {
    return this.#problem ?? this.#follower?.refusal
  }

  get status(): ConnectionStatus {
    if (!this.#options.settings().enabled) return 'off'
    const { status, isLoaded } = this.#follower ?? {}
    if (status === undefined) return this.#chosenAt === 0 ? 'connecting' : 'unconfigured'
    // At the default address there need not be a hub.
    return status === 'offline' && !isLoaded && this.#hub?.isGiven === false ? 'unconfigured' : status
  }

  /** Chooses the hub by the settings, the keys and the files of now, and follows it. */
  async connect(): Promise<void> {
    this.#choosing ??= this.#choose().finally(() => {
      this.#choosing = undefined
    })
    await this.#choosing
  }

  /** Someone looks at the window, or no one does. */
  setHidden(isHidden: boolean): void {
    this.#clock.setHidden(isHidden)
    if (!isHidden && this.status !== 'live' && Date.now() - this.#chosenAt > CHOOSE_INTERVAL_MS) void this.connect()
  }

  async reload(): Promise<void> {
    await this.connect()
    await this.#follower?.reload()
  }

  async loadTasks(sessionId: string): Promise<void> {
    await this.#follower?.loadTasks(sessionId)
  }

  stop(): void {
    this.#isStopped = true
    this.#follower?.stop()
  }

  async #choose(): Promise<void> {
    const { env, settings, keyOf, onChange } = this.#options
    const { enabled, apiUrl } = settings()
    let hub: ChosenHub | undefined
    let problem: string | undefined
    try {
      hub = enabled ? await chooseHub({ apiUrl, env, keyOf }) : undefined
    } catch (error) {
      const { message, suggestion = '' } = error as Error & { suggestion?: string }
      problem = `${message} ${suggestion}`.trim()
    }
    this.#chosenAt = Date.now()
    this.#problem = problem
    if (this.#isStopped) return
    if (!isSameHub(hub, this.#hub) || (hub !== undefined && this.#follower?.refusal !== undefined)) this.#follow(hub)
    else onChange()
  }

  #follow(hub: ChosenHub | undefined): void {
    this.#follower?.stop()
    this.#hub = hub
    this.#follower = undefined
    this.#client = undefined
    this.#followingClient = undefined
    if (hub !== undefined) {
      const common = { baseUrl: hub.url, apiKey: hub.key }
      this.#client = new StateTrackingApiClient({ ...common, retry: { attempts: 1, baseDelay: 400 } })
      this.#followingClient = new StateTrackingApiClient({ ...common, clock: this.#clock, fetch: this.#clock.fetch })
      this.#follower = new HubFollower({
        client: this.#followingClient,
        clock: this.#clock,
        onChange: this.#options.onChange,
        isOwn: this.#options.isOwn,
        // A hub that was started again may have another port, and another key.
        onLost: () => void this.connect(),
      })
      this.#follower.start()
    }
    this.#options.onHub()
    this.#options.onChange()
  }
}

function isSameHub(one: ChosenHub | undefined, other: ChosenHub | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  return isSameAddress(one.url, other.url) && one.key === other.key
}
