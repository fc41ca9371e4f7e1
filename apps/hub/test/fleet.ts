import type { Machine } from '@signalbox/contract/machine'
import type { Session } from '@signalbox/contract/session'
import type { Task } from '@signalbox/contract/task'
import type { TestHub } from './open-hub.ts'

/** Shorthands for the requests that nearly every test of sessions needs; each throws when the hub refuses. */
export function fleetOf(hub: TestHub) {
  const ok = async <T>(method: string, url: string, payload?: object): Promise<T> => {
    const answer = await hub.ask(method, url, payload === undefined ? {} : { payload })
    if (answer.statusCode >= 300) throw new Error(`${method} ${url}: ${answer.statusCode} ${answer.body}`)
    return answer.statusCode === 204 ? (undefined as T) : (answer.json() as T)
  }
  return {
    ok,
    machine: (machine_id: string, docker_slots: number[] = []) =>
      ok<Machine>('POST', '/machines', { machine_id, hostname: machine_id, docker_slots }),
    session: (more: object = {}) => ok<Session>('POST', '/sessions', { project_id: 'p', machine_id: 'm', ...more }),
    task: (session_id: string, more: object = {}) => ok<Task>('POST', '/tasks', { session_id, task_name: 'a task', ...more }),
    heartbeat: (id: string, body: object = {}) => ok<{ status: string }>('POST', `/sessions/${id}/heartbeat`, body),
    read: (id: string) => ok<Session>('GET', `/sessions/${id}`),
    readTask: (id: string) => ok<Task>('GET', `/tasks/${id}`),
    readMachine: (id: string) => ok<Machine>('GET', `/machines/${encodeURIComponent(id)}`),
    /** Lets time pass, with a check of the monitor in every second, or in a longer interval. */
    async passTime(ms: number, intervalMs = 1000): Promise<void> {
      for (let at = 0; at < ms; at += intervalMs) {
        hub.clock.pass(Math.min(intervalMs, ms - at))
        await hub.monitor.check()
      }
    },
  }
}

export type Fleet = ReturnType<typeof fleetOf>
