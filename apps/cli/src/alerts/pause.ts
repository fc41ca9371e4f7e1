import { printable } from '@signalbox/contract/printable'
import { createClockFormatter } from '../clock-formatter.ts'
import { type EndOptions, toEnd } from '../hub/end-option.ts'
import { printOutcome } from '../hub/print-result.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'

export interface PauseOptions extends HubOptions, EndOptions {
  readonly reason?: string
}

/** Holds every message of the hub until the end. */
export async function pause(io: Io, options: PauseOptions): Promise<void> {
  const end = toEnd(options)
  await withHub(io, options, async ({ client }) => {
    const paused = await client.pauseAlerts({ ...end, ...(options.reason === undefined ? {} : { reason: options.reason }) })
    const until = createClockFormatter(io)(paused.until)
    printOutcome(io, options.json, paused, `All messages are paused until ${printable(until)}. To end it: signalbox alerts resume`)
  })
}

export async function resume(io: Io, options: HubOptions): Promise<void> {
  await withHub(io, options, async ({ client }) => {
    await client.resumeAlerts()
    printOutcome(io, options.json, await client.getAlertSummary(), 'Messages are sent again.')
  })
}
