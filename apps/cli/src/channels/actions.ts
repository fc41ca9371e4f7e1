import type { Channel } from '@signalbox/contract/channel'
import { printable } from '@signalbox/contract/printable'
import { createClockFormatter } from '../clock-formatter.ts'
import { type ConfirmOptions, confirm, requireConfirmation } from '../hub/confirm.ts'
import { type SnoozeEndOptions, toSnoozeEnd } from '../hub/end-option.ts'
import { printJson, printOutcome } from '../hub/print-result.ts'
import { type Hub, type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { findChannel } from './find.ts'
import { formatTest, TEST_TIMEOUT_MS } from './test-outcome.ts'

/** Sends a test message; the exit code is 1 when it was not accepted. */
export async function test(io: Io, asked: string, options: HubOptions): Promise<void> {
  await withHub(
    io,
    options,
    async (hub) => {
      const { channel_id, name } = await findChannel(hub, asked)
      const outcome = await hub.client.testChannel(channel_id)
      if (outcome.outcome !== 'sent') io.exitCode = 1
      printOutcome(io, options.json, outcome, `${printable(name)}: ${printable(formatTest(outcome))}`)
    },
    { timeout: TEST_TIMEOUT_MS },
  )
}

export const rename = (io: Io, asked: string, name: string, options: HubOptions) =>
  act(
    io,
    asked,
    options,
    ({ client }, id) => client.changeChannel(id, { name }),
    (changed) => `${printable(changed.channel_id)} is ${printable(changed.name)} now.`,
  )

export const setEnabled = (io: Io, asked: string, enabled: boolean, options: HubOptions) =>
  act(
    io,
    asked,
    options,
    ({ client }, id) => client.changeChannel(id, { enabled }),
    ({ name }) => `${printable(name)} is switched ${enabled ? 'on' : 'off'}.`,
  )

export type SnoozeOptions = HubOptions & SnoozeEndOptions

export async function snooze(io: Io, asked: string, options: SnoozeOptions): Promise<void> {
  const end = toSnoozeEnd(options)
  await act(
    io,
    asked,
    options,
    ({ client }, id) => (end === undefined ? client.endChannelSnooze(id) : client.snoozeChannel(id, end)),
    ({ name, snoozed_until }) =>
      snoozed_until === undefined
        ? `${printable(name)} is notified again.`
        : `${printable(name)} is notified of nothing until ${createClockFormatter(io)(snoozed_until)}.`,
  )
}

export async function remove(io: Io, asked: string, options: HubOptions & ConfirmOptions): Promise<void> {
  requireConfirmation(io, 'removing a channel cannot be undone', options)
  await withHub(io, options, async (hub) => {
    const channel = await findChannel(hub, asked)
    await confirm(io, `Remove ${printable(channel.name)}? What waits for it is dropped.`, options)
    await hub.client.removeChannel(channel.channel_id)
    if (options.json) return printJson(io, { channel_id: channel.channel_id, removed: true })
    io.stdout.write(`${printable(channel.name)} is removed.\n`)
  })
}

async function act(
  io: Io,
  asked: string,
  options: HubOptions,
  ask: (hub: Hub, id: string) => Promise<Channel>,
  sentence: (changed: Channel) => string,
): Promise<void> {
  await withHub(io, options, async (hub) => {
    const { channel_id } = await findChannel(hub, asked)
    const changed = await ask(hub, channel_id)
    printOutcome(io, options.json, changed, sentence(changed))
  })
}
