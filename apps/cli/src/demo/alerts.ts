import { setTimeout as sleep } from 'node:timers/promises'
import type { StateTrackingApiClient } from '@signalbox/client'

interface AlertContext {
  readonly client: Pick<StateTrackingApiClient, 'listAlerts' | 'acknowledgeAlert' | 'snoozeAlert' | 'createAlertRule'>
  readonly signal: AbortSignal
}

const LOOK_INTERVAL_MS = 5_000

/** Adds a rule that soon holds, and does with two of the alerts what people do: acknowledges one, and snoozes another. */
export async function startAlerts({ client, signal }: AlertContext): Promise<void> {
  await client.createAlertRule(
    { kind: 'session_waiting', name: 'Waiting for a minute', parameters: { after_ms: 60_000 }, severity: 'info' },
    { signal },
  )
  void (async () => {
    const handled = new Set<string>()
    while (!signal.aborted && handled.size < 2) {
      try {
        await sleep(LOOK_INTERVAL_MS, undefined, { signal })
        const open = (await client.listAlerts({ state: ['open'] }, { signal })).filter(({ alert_id }) => !handled.has(alert_id))
        // Most of them stay as they are, for those who try it out.
        const next = open.length > 2 ? open.at(-1) : undefined
        if (next === undefined) continue
        if (handled.size === 0) await client.acknowledgeAlert(next.alert_id, { note: 'Looking into it. Ada' }, { signal })
        else await client.snoozeAlert(next.alert_id, { for_ms: 3_600_000 }, { signal })
        handled.add(next.alert_id)
      } catch {
        // The demo has ended, or the alert was over.
      }
    }
  })()
}
