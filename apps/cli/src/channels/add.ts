import { channelWords } from '@signalbox/client/alert-words'
import type { QuietHours } from '@signalbox/contract/channel'
import type { ChannelKindName } from '@signalbox/contract/channel-kind'
import { printable } from '@signalbox/contract/printable'
import { Failure } from '../failure.ts'
import { printJson } from '../hub/print-result.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { explain } from './explain.ts'
import { type FieldOptions, readFields } from './field-option.ts'
import { inZone } from './quiet-option.ts'
import { formatTest, TEST_TIMEOUT_MS } from './test-outcome.ts'

export type AddOptions = HubOptions &
  FieldOptions & {
    readonly name?: string
    readonly quiet?: readonly QuietHours[]
    readonly quietZone?: string
    readonly letsThrough?: 'critical' | 'none'
    readonly actionLinks?: true
    readonly off?: true
    readonly test?: true
  }

/** Creates a channel, and prints its id; on stderr, where the hub made one, its secret. */
export async function add(io: Io, kind: ChannelKindName, options: AddOptions): Promise<void> {
  const config = await readFields(io, kind, options)
  const { name = channelWords[kind].name, quiet, quietZone, letsThrough } = options
  await withHub(
    io,
    options,
    async ({ client }) => {
      if (options.test) {
        const outcome = await client.testNewChannel({ kind, config }).catch(explain(kind))
        if (outcome.outcome !== 'sent')
          throw new Failure(`the test was not accepted: ${printable(formatTest(outcome))}.`, 'No channel was created.')
      }
      const created = await client
        .createChannel({
          kind,
          name,
          config,
          ...(quiet === undefined ? {} : { quiet_hours: inZone(quiet, quietZone) }),
          ...(letsThrough === undefined ? {} : { lets_through: letsThrough }),
          ...(options.actionLinks ? { action_links: true } : {}),
          ...(options.off ? { enabled: false } : {}),
        })
        .catch(explain(kind))
      const { channel_id, secret } = created
      if (options.json) return printJson(io, { id: channel_id, ...created })
      io.stdout.write(`${printable(channel_id)}\n`)
      io.stderr.write(
        `${printable(created.name)} is notified from now on. To try it: signalbox channels test ${printable(channel_id)}\n` +
          (secret === undefined ? '' : `Its signing secret, shown only once: ${printable(secret)}\n`),
      )
    },
    options.test ? { timeout: TEST_TIMEOUT_MS } : {},
  )
}
