import type { DesktopNotice, DesktopPoll } from '@signalbox/contract/desktop-notice'
import type { Clock } from '../clock.ts'
import type { DesktopOutlet } from './channel/desktop.ts'

/** A machine is there while its poll is open, and so long after the last: it shows a notice before it asks again. */
const PRESENT_MS = 10_000
/** A notice that was not confirmed by then is taken for not shown. */
const SHOW_TIMEOUT_MS = 8_000

interface Machine {
  /** Handed to the next poll. */
  waiting: DesktopNotice[]
  readonly wakes: Set<() => void>
  /** When its last poll was answered, by the monotonic clock. */
  answeredAt: number
}

/** Hands notices to the collectors that poll this hub, and waits for their word. In memory: a notice that is not shown is sent again. */
export class DesktopNotices implements DesktopOutlet {
  readonly #clock: Pick<Clock, 'monotonic'>
  readonly #machines = new Map<string, Machine>()
  readonly #confirmations = new Map<string, (ok: boolean) => void>()
  readonly #end = new AbortController()

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock
  }

  /** @returns the machines that showed it */
  async show(notice: DesktopNotice, machineId: string | undefined, signal: AbortSignal): Promise<readonly string[]> {
    const present = this.#present().filter(([id]) => machineId === undefined || id === machineId)
    const stop = AbortSignal.any([signal, this.#end.signal, AbortSignal.timeout(SHOW_TIMEOUT_MS)])
    const results = await Promise.all(
      present.map(async ([id, machine]) => {
        const confirmed = this.#confirmation(keyOf(notice.notice_id, id), stop)
        machine.waiting.push(notice)
        for (const wake of machine.wakes) wake()
        return (await confirmed) ? [id] : []
      }),
    )
    for (const [, machine] of present) machine.waiting = machine.waiting.filter((one) => one !== notice)
    signal.throwIfAborted()
    return results.flat()
  }

  /** Waits for notices for at most `waitMs`. @param disconnected aborted when the collector is gone */
  async poll({ machine_id: id, shown = [], waitMs = 0 }: DesktopPoll, disconnected: AbortSignal): Promise<readonly DesktopNotice[]> {
    for (const { notice_id, ok } of shown) this.#confirmations.get(keyOf(notice_id, id))?.(ok)
    const machine = this.#machines.get(id) ?? { waiting: [], wakes: new Set(), answeredAt: 0 }
    this.#machines.set(id, machine)
    if (machine.waiting.length === 0 && waitMs > 0) await waitFor(machine.wakes, waitMs, AbortSignal.any([disconnected, this.#end.signal]))
    // Who is gone can show nothing; the notices stay for its next poll.
    if (disconnected.aborted) return []
    machine.answeredAt = this.#clock.monotonic()
    return machine.waiting.splice(0)
  }

  /** Answers all polls. */
  close(): void {
    this.#end.abort()
  }

  #present(): [string, Machine][] {
    const now = this.#clock.monotonic()
    const isPresent = ({ wakes, answeredAt }: Machine) => wakes.size > 0 || now - answeredAt < PRESENT_MS
    for (const [id, machine] of this.#machines) if (!isPresent(machine)) this.#machines.delete(id)
    return [...this.#machines]
  }

  #confirmation(key: string, stop: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (ok: boolean) => {
        stop.removeEventListener('abort', abort)
        this.#confirmations.delete(key)
        resolve(ok)
      }
      const abort = () => end(false)
      if (stop.aborted) return resolve(false)
      stop.addEventListener('abort', abort, { once: true })
      this.#confirmations.set(key, end)
    })
  }
}

const keyOf = (noticeId: string, machineId: string) => JSON.stringify([noticeId, machineId])

/** Waits for a wake, for the end of the time, or for the signal. */
function waitFor(wakes: Set<() => void>, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      wakes.delete(end)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    if (signal.aborted) return end()
    wakes.add(end)
    signal.addEventListener('abort', end, { once: true })
  })
}
