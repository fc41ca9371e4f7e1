import { PreconditionFailedError } from '@signalbox/client'
import type { ChangeChannel, Channel, QuietHours } from '@signalbox/contract/channel'
import { printable } from '@signalbox/contract/printable'
import { Failure, usageError } from '../failure.ts'
import { printOutcome } from '../hub/print-result.ts'
import { type Hub, type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { explain } from './explain.ts'
import { type FieldOptions, readChanges } from './field-option.ts'
import { findChannel } from './find.ts'
import { inZone } from './quiet-option.ts'
import { formatTest, TEST_TIMEOUT_MS } from './test-outcome.ts'

export type SetOptions = HubOptions &
  FieldOptions & {
    readonly name?: string
    /** False with --no-quiet. */
    readonly quiet?: readonly QuietHours[] | false
    readonly quietZone?: string
    readonly letsThrough?: 'critical' | 'none'
    /** False with --no-action-links. */
    readonly actionLinks?: boolean
    readonly test?: true
  }

/** Messages change the revision of a channel too. */
const MAX_ATTEMPTS = 5

/** Changes what is given, and leaves the rest as it is. */
export async function set(io: Io, asked: string, options: SetOptions): Promise<void> {
  await withHub(
    io,
    options,
    async (hub) => {
      const found = await findChannel(hub, asked)
      const { channel_id, kind } = found
      const fields = await readChanges(io, kind, options)
      if (Object.keys(toChange(found, fields, options)).length === 0)
        throw usageError('nothing to change.', 'For the options: signalbox channels set --help')
      if (options.test) {
        const { config = found.config } = toChange(found, fields, options)
        const outcome = await hub.client.testNewChannel({ kind, config, channel_id }).catch(explain(kind))
        if (outcome.outcome !== 'sent')
          throw new Failure(`the test was not accepted: ${printable(formatTest(outcome))}.`, 'Nothing was changed.')
      }
      const changed = await change(hub, found, fields, options).catch(explain(kind))
      printOutcome(
        io,
        options.json,
        changed,
        `${printable(changed.name)} is changed. To see it: signalbox channels show ${printable(channel_id)}`,
      )
    },
    options.test ? { timeout: TEST_TIMEOUT_MS } : {},
  )
}

async function change({ client }: Hub, found: Channel, fields: ReadonlyMap<string, unknown>, options: SetOptions): Promise<Channel> {
  let channel = found
  for (let attempt = 1; ; attempt++) {
    try {
      return await client.changeChannel(channel.channel_id, toChange(channel, fields, options), { ifMatch: channel.revision })
    } catch (error) {
      if (!(error instanceof PreconditionFailedError) || attempt === MAX_ATTEMPTS) throw error
      channel = await client.getChannel(channel.channel_id)
    }
  }
}

function toChange(channel: Channel, fields: ReadonlyMap<string, unknown>, options: SetOptions): ChangeChannel {
  const { name, quiet, quietZone, letsThrough, actionLinks } = options
  // A zone alone is that of the hours there are.
  const spans = quiet ?? (quietZone === undefined ? undefined : channel.quiet_hours)
  const config = Object.entries({ ...channel.config, ...Object.fromEntries(fields) }).filter(([, value]) => value !== undefined)
  return {
    ...(name === undefined ? {} : { name }),
    ...(fields.size === 0 ? {} : { config: Object.fromEntries(config) }),
    ...(spans === undefined ? {} : { quiet_hours: inZone(spans || [], quietZone) }),
    ...(letsThrough === undefined ? {} : { lets_through: letsThrough }),
    ...(actionLinks === undefined ? {} : { action_links: actionLinks }),
  }
}
