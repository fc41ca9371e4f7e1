import { setTimeout as sleep } from 'node:timers/promises'
import type { StateTrackingApiClient } from '@signalbox/client'
import type { Call } from '@signalbox/contract/call'
import { MAX_CALLS_PER_POST } from '@signalbox/contract/ingest-limit'
import { makeSample, type SampleCall } from '@signalbox/usage/sample'
import { addDays, localDay, startOfDay } from '@signalbox/usage/zone'

interface UsageContext {
  readonly client: Pick<StateTrackingApiClient, 'ingestCalls'>
  readonly signal: AbortSignal
  /** Milliseconds since 1970. */
  readonly now: () => number
  readonly timezone: string
  /** The days before today that are sent in each step, counted from today: the newest are looked at first. */
  readonly steps?: readonly number[]
}

const MACHINES = 8
const STEPS: readonly number[] = [7, 31, 62, 93, 120]
/** The days before today on which a machine joined: the team has grown. */
const joined: Readonly<Record<string, number>> = {
  'rack-1': 96,
  'rack-2': 71,
  'katherine-mac': 58,
  'rack-3': 40,
  'edsger-laptop': 24,
  'build-mac': 17,
}
/** The time between two batches of new calls. */
const CALL_INTERVAL_MS = 2_000

export interface DemoUsage {
  /** Sends the last week. @returns the number of its calls */
  sendNewest(): Promise<number>
  /** Sends what was before it, the newest month first. @returns the number of these calls */
  sendEarlier(): Promise<number>
  /** Sends new calls, until the signal. */
  sendNew(): Promise<void>
}

/** The calls of the demo, over the route that collectors use. */
export function demoUsage({ client, signal, now, timezone, steps = STEPS }: UsageContext): DemoUsage {
  const [firstDays = 0, days = 0] = [steps[0], steps.at(-1)]
  const startedAt = now()
  const today = localDay(timezone, startedAt)
  const sample = makeSample({ now: startedAt, timezone, machines: MACHINES, days: firstDays })
  const sinceOf = (machine: string) => startOfDay(timezone, addDays(today, -(joined[machine] ?? days)))

  async function sendAll(calls: Iterable<SampleCall>): Promise<number> {
    const batches = new Map<string, Call[]>()
    let sent = 0
    const send = async (machine: string, batch: Call[]) => {
      await client.ingestCalls(machine, batch, { signal })
      sent += batch.length
    }
    for (const { machine, call } of calls) {
      if (Date.parse(call.at) < sinceOf(machine)) continue
      const batch = batches.get(machine) ?? []
      batches.set(machine, batch)
      if (batch.push(call) === MAX_CALLS_PER_POST) await send(machine, batch.splice(0))
    }
    for (const [machine, batch] of batches) if (batch.length > 0) await send(machine, batch)
    return sent
  }

  return {
    sendNewest: () => sendAll(sample.month),
    async sendEarlier() {
      let sent = 0
      for (const [step, to] of steps.slice(0, -1).entries()) {
        const count = steps[step + 1]! - to
        // To the last moment before the days that were sent.
        const end = startOfDay(timezone, addDays(today, -to)) - 1
        sent += await sendAll(makeSample({ now: end, timezone, machines: MACHINES, days: count - 1, live: false }).month)
      }
      return sent
    },
    async sendNew() {
      while (!signal.aborted) {
        await sleep(CALL_INTERVAL_MS, undefined, { signal })
        const batches = Map.groupBy(sample.nextCalls(now()), ({ machine }) => machine)
        for (const [machine, calls] of batches) {
          // A short outage of the hub does not end the demo.
          await client
            .ingestCalls(
              machine,
              calls.map(({ call }) => call),
              { signal },
            )
            .catch(() => {})
        }
      }
    },
  }
}
