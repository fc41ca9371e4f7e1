import { randomUUID } from 'node:crypto'
import { requestHub, type TestHub } from './harness.ts'
import { type Seen, sendCollectorHeartbeat } from './observations.ts'

/** Many sessions at once, as collectors report them. @returns their ids */
export async function fillBoard(
  at: Pick<TestHub, 'url'>,
  count: number,
  describe: (nth: number) => { readonly machine: string; readonly seen: Seen },
): Promise<string[]> {
  const ids = Array.from({ length: count }, () => randomUUID())
  const byMachine = Map.groupBy(
    ids.map((id, nth) => ({ id, ...describe(nth) })),
    ({ machine }) => machine,
  )
  for (const [machine_id, own] of byMachine) {
    const now = new Date().toISOString()
    for (let from = 0; from < own.length; from += 500) {
      const observations = own.slice(from, from + 500).map(({ id, seen }) => ({
        observation_id: randomUUID(),
        session_id: id,
        source: 'process-file',
        at: now,
        project_id: '/home/ada/engine',
        ...seen,
      }))
      await requestHub(at, 'POST', '/sessions/observations', { machine_id, observations })
    }
    if (own.length <= 2_000)
      await sendCollectorHeartbeat(
        at,
        own.map(({ id }) => id),
        {},
        machine_id,
      )
  }
  return ids
}

export function sendActivity(at: Pick<TestHub, 'url'>, session_id: string, activity: 'idle' | 'working'): Promise<unknown> {
  return requestHub(at, 'POST', '/sessions/observations', {
    machine_id: 'rack-0',
    observations: [{ observation_id: randomUUID(), session_id, source: 'process-file', at: new Date().toISOString(), activity }],
  })
}
