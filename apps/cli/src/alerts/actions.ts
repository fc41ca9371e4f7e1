import { alertConditionNames, alertConditionOf } from '@signalbox/client/alert-words'
import type { Alert } from '@signalbox/contract/alert'
import { countOf } from '@signalbox/contract/plural'
import { printable } from '@signalbox/contract/printable'
import { createClockFormatter } from '../clock-formatter.ts'
import { Failure } from '../failure.ts'
import { type SnoozeEndOptions, toSnoozeEnd } from '../hub/end-option.ts'
import { printOutcome } from '../hub/print-result.ts'
import { type Hub, type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { findAlert } from './find.ts'

export interface NoteOptions extends HubOptions {
  readonly note?: string
}

const noteField = ({ note }: NoteOptions) => (note === undefined ? {} : { note })

export const undoAcknowledgement = (io: Io, asked: string, options: HubOptions) =>
  act(io, asked, options, ({ client }, id) => client.undoAlertAcknowledgement(id))
export const close = (io: Io, asked: string, options: NoteOptions) =>
  act(io, asked, options, ({ client }, id) => client.closeAlert(id, noteField(options)))

export interface AcknowledgeOptions extends NoteOptions {
  readonly all?: true
}

/** One alert, or with `--all` every open one. */
export async function acknowledge(io: Io, asked: string | undefined, options: AcknowledgeOptions): Promise<void> {
  if ((asked === undefined) === (options.all === undefined)) {
    throw new Failure('name one alert, or give --all for every open one.', '`signalbox alerts --open` lists them.', 2)
  }
  if (asked !== undefined) return act(io, asked, options, ({ client }, id) => client.acknowledgeAlert(id, noteField(options)))
  await withHub(io, options, async ({ client }) => {
    const answer = await client.acknowledgeAlerts(noteField(options))
    printOutcome(io, options.json, answer, `${countOf(answer.acknowledged, 'alert')} acknowledged.`)
  })
}

export type SnoozeOptions = HubOptions & SnoozeEndOptions

export async function snooze(io: Io, asked: string, options: SnoozeOptions): Promise<void> {
  const end = toSnoozeEnd(options)
  await act(io, asked, options, ({ client }, id) =>
    end === undefined ? client.endAlertSnooze(id) : client.snoozeAlert(id, { ...end, until_changed: options.untilChanged ?? false }),
  )
}

async function act(io: Io, asked: string, options: HubOptions, ask: (hub: Hub, id: string) => Promise<Alert>): Promise<void> {
  await withHub(io, options, async (hub) => {
    const alert = await ask(hub, await findAlert(hub, asked))
    const condition = alertConditionNames[alertConditionOf(alert, hub.now())].toLowerCase()
    const until = condition === 'snoozed' && alert.snoozed !== undefined ? ` until ${createClockFormatter(io)(alert.snoozed.until)}` : ''
    printOutcome(io, options.json, alert, `${printable(alert.alert_id)} is ${condition}${until}: ${printable(alert.summary)}`)
  })
}
