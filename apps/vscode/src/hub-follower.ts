import { ApiClientError, type Clock, type LiveEvent, type StateTrackingApiClient, systemClock } from '@signalbox/client'
import type { Alert } from '@signalbox/contract/alert'
import type { CurrentLimits } from '@signalbox/contract/current-limits'
import type { EventType } from '@signalbox/contract/event'
import type { Machine } from '@signalbox/contract/machine'
import type { AskedQuestion } from '@signalbox/contract/question'
import type { Scope } from '@signalbox/contract/scope'
import { Fleet, type FleetSession } from './fleet.ts'

export type FollowerStatus = 'connecting' | 'live' | 'offline' | 'refused'

/** Heartbeats and calls are frequent and change nothing that the editor shows. */
const followedTypes: readonly EventType[] = [
  'session.created',
  'session.updated',
  'session.status',
  'task.created',
  'task.updated',
  'task.status',
  'machine.created',
  'machine.updated',
  'machine.status',
  'machine.removed',
  'limits.snapshot',
  'limits.account',
  'question.asked',
  'question.answered',
  'question.ended',
  'alert.opened',
  'alert.closed',
  'alert.updated',
  'data.deleted',
]

/** A connection that is back within this time was never lost for people. */
const OFFLINE_AFTER_MS = 4_000
/** Several snapshots and questions that come together are one request. */
const GATHER_MS = 300
/** Alerts and questions of a large fleet change all the time, and a hub takes 100 requests a minute. */
const READ_INTERVAL_MS = 3_000
const RELOAD_DELAY_MS = 10_000
const PAGE = 100
/** Of running sessions and of machines: a hub answers 100 requests a minute, each with 100 rows. */
const MAX_READ = 2_000

type FollowedHub = Pick<
  StateTrackingApiClient,
  | 'events'
  | 'eachSession'
  | 'listSessions'
  | 'eachMachine'
  | 'listQuestions'
  | 'listAlerts'
  | 'getCurrentLimits'
  | 'getSessionTaskProgress'
  | 'whoAmI'
>

export interface HubFollowerOptions {
  readonly client: FollowedHub
  readonly onChange: () => void
  readonly isOwn?: ((session: FleetSession) => boolean) | undefined
  /** The connection was lost; the hub may have another address by now. */
  readonly onLost?: () => void
  /** Has the time of the hub, and waits before what failed is read again. */
  readonly clock?: Pick<Clock, 'now' | 'wait'>
}

/** Follows one hub by its events until it is stopped. While the hub is away, what was known stays. */
export class HubFollower {
  readonly fleet: Fleet
  limits: CurrentLimits | undefined
  scopes: readonly Scope[] | undefined
  status: FollowerStatus = 'connecting'
  /** Whether the fleet has been loaded: before, nothing is news. */
  isLoaded = false
  lostAt: number | undefined
  /** Why the hub refuses, for people. */
  refusal: string | undefined
  readonly #options: HubFollowerOptions
  readonly #stopped = new AbortController()
  /** Events that came while the fleet was loaded; undefined when it is not. */
  #pending: LiveEvent[] | undefined
  #loading = new AbortController()
  readonly #readAt = new Map<string, number>()
  readonly #timers = new Map<string, ReturnType<typeof setTimeout>>()

  constructor(options: HubFollowerOptions) {
    this.#options = options
    this.fleet = new Fleet(options.isOwn)
  }

  start(): void {
    void this.#follow()
  }

  stop(): void {
    this.#stopped.abort()
    this.#loading.abort()
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
  }

  /** Reads everything again, as after an outage. */
  async reload(): Promise<void> {
    if (this.status === 'live') await this.#load()
  }

  /** Reads the tasks of a session; from then on its events keep them current. */
  async loadTasks(sessionId: string): Promise<void> {
    const { tasks } = await this.#options.client.getSessionTaskProgress(sessionId, { signal: this.#stopped.signal })
    this.fleet.setTasks(sessionId, Object.values(tasks).flat())
  }

  async #follow(): Promise<void> {
    const { client } = this.#options
    try {
      for await (const event of client.events({
        types: followedTypes,
        signal: this.#stopped.signal,
        onConnection: (connection) => (connection.state === 'open' ? this.#opened() : this.#lost()),
      })) {
        this.#receive(event)
      }
    } catch (error) {
      if (!this.#stopped.signal.aborted) this.#refused(error)
    }
  }

  #opened(): void {
    this.#clear('offline')
    this.refusal = undefined
    void this.#load()
  }

  #lost(): void {
    this.#loading.abort()
    this.lostAt ??= this.#now()
    this.#later('offline', OFFLINE_AFTER_MS, () => this.#setStatus('offline'))
    this.#options.onLost?.()
  }

  #refused(error: unknown): void {
    this.#clear('offline')
    this.#loading.abort()
    this.refusal = error instanceof Error ? error.message : String(error)
    this.#setStatus(error instanceof ApiClientError && error.status !== 401 && error.status !== 403 ? 'offline' : 'refused')
  }

  async #load(): Promise<void> {
    this.#loading.abort()
    const loading = new AbortController()
    this.#loading = loading
    this.#pending = []
    try {
      const content = await this.#read(loading.signal)
      if (loading.signal.aborted) return
      this.scopes = content.scopes
      this.limits = content.limits
      this.fleet.load(content, this.#now())
      for (const event of this.#pending) this.fleet.apply(event, this.#now())
      this.#pending = undefined
      await Promise.all([...this.fleet.tasks.keys()].map((id) => this.loadTasks(id).catch(() => {})))
      this.isLoaded = true
      this.lostAt = undefined
      this.#setStatus('live')
    } catch (error) {
      if (loading.signal.aborted || this.#stopped.signal.aborted) return
      const status = error instanceof ApiClientError ? error.status : undefined
      if (status === 401 || status === 403) return this.#refused(error)
      void this.#loadLater(loading.signal)
      this.lostAt ??= this.#now()
      this.#setStatus('offline')
    }
  }

  #now(): number {
    return (this.#options.clock ?? systemClock).now()
  }

  async #loadLater(signal: AbortSignal): Promise<void> {
    try {
      await (this.#options.clock ?? systemClock).wait(RELOAD_DELAY_MS, signal)
    } catch {
      return
    }
    await this.#load()
  }

  async #read(signal: AbortSignal) {
    const { client } = this.#options
    const { scopes } = await client.whoAmI({ signal })
    const [live, failed, completed, machines, questions, alerts, limits] = await Promise.all([
      take(client.eachSession({ status: ['active', 'paused', 'stalled'] }, { signal })),
      client.listSessions({ status: ['failed'], limit: PAGE }, { signal }),
      client.listSessions({ status: ['completed'], limit: PAGE }, { signal }),
      take<Machine>(client.eachMachine({}, { signal })),
      this.#readQuestions(scopes, signal),
      this.#readAlerts(signal),
      this.#readLimits(signal),
    ])
    return { sessions: [...live, ...failed, ...completed], machines, questions, alerts, limits, scopes }
  }

  async #readQuestions(scopes: readonly Scope[] | undefined, signal: AbortSignal): Promise<AskedQuestion[]> {
    return scopes?.includes('answer') ? await this.#options.client.listQuestions({ state: ['open'] }, { signal }) : []
  }

  #readAlerts(signal: AbortSignal): Promise<Alert[]> {
    return this.#options.client.listAlerts({ state: ['open', 'clearing'], limit: PAGE }, { signal })
  }

  /** @returns undefined where there are none */
  async #readLimits(signal: AbortSignal): Promise<CurrentLimits | undefined> {
    try {
      return await this.#options.client.getCurrentLimits({}, { signal })
    } catch (error) {
      if (error instanceof ApiClientError && error.status === 404) return undefined
      throw error
    }
  }

  #receive(event: LiveEvent): void {
    if (event.event === 'gap' || event.event === 'data.deleted') return void this.#load()
    if (event.event.startsWith('limits.')) this.#readSoon('limits', () => this.#refreshLimits())
    // An event has not what is asked.
    if (event.event === 'question.asked') this.#readSoon('questions', () => this.#refreshQuestions())
    // An event has not what was done about the alert.
    if (event.event.startsWith('alert.')) this.#readSoon('alerts', () => this.#refreshAlerts())
    if (this.#pending !== undefined) this.#pending.push(event)
    else if (this.fleet.apply(event, this.#now())) this.#options.onChange()
  }

  #readSoon(name: string, read: () => Promise<void>): void {
    const wait = Math.max(GATHER_MS, (this.#readAt.get(name) ?? 0) + READ_INTERVAL_MS - Date.now())
    this.#later(name, wait, () => {
      this.#readAt.set(name, Date.now())
      void read()
    })
  }

  async #refreshLimits(): Promise<void> {
    await this.#refresh(async (signal) => {
      this.limits = await this.#readLimits(signal)
    })
  }

  async #refreshQuestions(): Promise<void> {
    await this.#refresh(async (signal) => this.fleet.setQuestions(await this.#readQuestions(this.scopes, signal)))
  }

  async #refreshAlerts(): Promise<void> {
    await this.#refresh(async (signal) => this.fleet.setAlerts(await this.#readAlerts(signal)))
  }

  async #refresh(read: (signal: AbortSignal) => Promise<void>): Promise<void> {
    try {
      await read(this.#stopped.signal)
      this.#options.onChange()
    } catch {
      // What was known stays; the next event or connection reads it again.
    }
  }

  #later(name: string, milliseconds: number, run: () => void): void {
    if (this.#stopped.signal.aborted || this.#timers.has(name)) return
    const timer = setTimeout(() => {
      this.#timers.delete(name)
      run()
    }, milliseconds)
    this.#timers.set(name, timer)
  }

  #clear(name: string): void {
    clearTimeout(this.#timers.get(name))
    this.#timers.delete(name)
  }

  #setStatus(status: FollowerStatus): void {
    this.status = status
    this.#options.onChange()
  }
}

async function take<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const taken: T[] = []
  for await (const row of rows) {
    taken.push(row)
    if (taken.length >= MAX_READ) break
  }
  return taken
}
