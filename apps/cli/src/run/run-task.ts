import type { Io } from '../io.ts'
import type { SessionToClaim, StartedTask } from './hub-session.ts'
import type { ProcessEnd } from './owned-child.ts'

/** The task of a run: in progress while it runs, then completed or failed. Without the hub there is none. */
export class RunTask {
  readonly #io: Io
  readonly #say: (line: string) => void
  /** Undefined when it could not be created. */
  readonly #started: Promise<StartedTask | undefined>

  constructor(io: Io, session: Omit<SessionToClaim, 'docker_slot'>, name: string, say: (line: string) => void) {
    this.#io = io
    this.#say = say
    this.#started = this.#try(async () => (await loadCalls()).startTask(io, session, name))
  }

  async end({ code, signal }: ProcessEnd, timeIsOver: AbortSignal): Promise<void> {
    const failure = code === 0 ? undefined : `ended with ${signal ?? `exit code ${code}`}`
    const ending = this.#started.then((task) => task && this.#try(async () => (await loadCalls()).endTask(this.#io, task, failure)))
    const over = new Promise<void>((resolve) => timeIsOver.addEventListener('abort', () => resolve(), { once: true }))
    await Promise.race([ending, over])
  }

  async #try<T>(call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await call()
    } catch (error) {
      this.#say(`the task is not reported: ${(error as Error).message}`)
      return undefined
    }
  }
}

const loadCalls = () => import('./hub-session.ts')
