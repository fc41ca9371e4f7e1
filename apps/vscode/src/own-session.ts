import type { HeartbeatLoop, Session, StateTrackingApiClient } from '@signalbox/client'

const HEARTBEAT_INTERVAL_MS = 60_000
/** The editor gives a window that closes little time. */
const END_TIMEOUT_MS = 2_000

export interface OwnSessionOptions {
  /** Retries for as long as it takes: a hub that is away is no error. */
  readonly client: Pick<StateTrackingApiClient, 'createSession' | 'heartbeat' | 'endSession'>
  readonly projectId: string
  readonly machineId: string
  readonly editor: string
  readonly onStarted?: (session: Session) => void
}

/** This window as a session of the hub, with heartbeats while it is open. */
export class OwnSession {
  readonly #options: OwnSessionOptions
  readonly #stopped = new AbortController()
  #session: Session | undefined
  #heartbeats: HeartbeatLoop | undefined

  constructor(options: OwnSessionOptions) {
    this.#options = options
  }

  get id(): string | undefined {
    return this.#session?.session_id
  }

  async start(): Promise<void> {
    const { client, projectId, machineId, editor, onStarted } = this.#options
    const signal = this.#stopped.signal
    try {
      const session = await client.createSession(
        { project_id: projectId, machine_id: machineId, heartbeat_interval_ms: HEARTBEAT_INTERVAL_MS, metadata: { editor } },
        { signal },
      )
      this.#session = session
      // An answer that came while the window closed has to be ended all the same.
      if (signal.aborted) return void (await this.#end())
      this.#heartbeats = client.heartbeat(session.session_id, { attempt: session.attempt, intervalMs: HEARTBEAT_INTERVAL_MS })
      onStarted?.(session)
    } catch {
      // Refused, or stopped: the tree and the status bar show what the hub says.
    }
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    this.#heartbeats?.stop()
    await this.#end()
  }

  async #end(): Promise<void> {
    const session = this.#session
    this.#session = undefined
    if (session === undefined) return
    try {
      await this.#options.client.endSession(session.session_id, {
        attempt: session.attempt,
        signal: AbortSignal.timeout(END_TIMEOUT_MS),
      })
    } catch {
      // The hub finds it stalled after three missed heartbeats.
    }
  }
}
