import fs from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { createAlertRuleSchema } from '@signalbox/contract/alert-rule'
import { createChannelSchema } from '@signalbox/contract/channel'
import { channelConfigSchemas } from '@signalbox/contract/channel-config'
import { SettingsError } from '@signalbox/contract/setting'
import { z } from 'zod'
import type { AlertStore, ChannelRecord } from '../store/alert.ts'
import { refusedAddress } from './channel-addresses.ts'
import { changeChannel, inState } from './channel-change.ts'
import type { ChannelSecrets } from './channel-secrets.ts'
import { ruleRecord } from './default-rule-rows.ts'
import { openRule } from './rule/rule-list.ts'
import { unknownChannel } from './rule-channels.ts'

const id = z.string().regex(/^[\w.-]{1,100}$/, { error: 'must be 1 to 100 letters, digits, . _ and -' })
const fileSchema = z.strictObject({
  rules: z
    .array(createAlertRuleSchema.extend({ rule_id: id }))
    .max(500)
    .default([]),
  channels: z
    .array(createChannelSchema.extend({ channel_id: id }))
    .max(200)
    .default([]),
})
export type AlertsFile = z.infer<typeof fileSchema>

/**
 * Reads a file of rules and channels.
 * @param refusalOfAddress why nothing would be sent to an address; undefined where nothing is known against it
 * @param env has the secrets that `${NAME}` in it names
 * @throws SettingsError with what is wrong; no secret is part of it
 */
export function readAlertsFile(
  file: string,
  env: NodeJS.ProcessEnv,
  refusalOfAddress: (url: string) => string | undefined = () => undefined,
): AlertsFile {
  const fail = (problem: string): never => {
    throw new SettingsError([`ALERTS_FILE is "${file}", ${problem}`])
  }
  let value: unknown
  try {
    value = JSON.parse(fs.readFileSync(file, 'utf8'))
  } catch (error) {
    return fail(error instanceof SyntaxError ? 'which is not JSON' : 'which cannot be read')
  }
  const missing = new Set<string>()
  const parsed = fileSchema.safeParse(withSecrets(value, env, missing))
  if (missing.size > 0) return fail(`which names ${[...missing].join(', ')}, and the environment has no such variable`)
  if (!parsed.success) return fail(`in which ${describe(parsed.error)}`)
  for (const [index, { kind, config }] of parsed.data.channels.entries()) {
    const checked = channelConfigSchemas[kind].safeParse(config)
    if (!checked.success) return fail(`in which channels[${index}].config.${describe(checked.error)}`)
    const refused = refusedAddress(kind, checked.data, refusalOfAddress)
    if (refused !== undefined) return fail(`in which channels[${index}].config.${refused.field} is refused: ${refused.reason}`)
  }
  for (const [index, { kind, parameters }] of parsed.data.rules.entries()) {
    try {
      openRule({ kind, parameters })
    } catch (error) {
      if (error instanceof z.ZodError) return fail(`in which rules[${index}].parameters.${describe(error)}`)
      throw error
    }
  }
  return parsed.data
}

/**
 * Makes the rules and channels of the store those of the file, where they are of a file.
 * @throws SettingsError for a rule that names a channel which is neither in the file nor made on the page
 */
export async function applyAlertsFile(store: AlertStore, secrets: ChannelSecrets, file: AlertsFile, now: number): Promise<void> {
  await requireChannels(store, file)
  for (const { severity, repeat_ms, name, ...rule } of file.rules) {
    const known = await store.findRule(rule.rule_id)
    const optional = { ...(severity === null ? {} : { severity }), ...(repeat_ms === null ? {} : { repeat_ms }) }
    const row = ruleRecord({ ...rule, ...optional, name: name ?? rule.rule_id, source: 'file' }, now)
    const next = { ...row, created_at: known?.created_at ?? now, revision: (known?.revision ?? 0) + 1 }
    const same = known && { ...next, updated_at: known.updated_at, revision: known.revision, snoozed_until: known.snoozed_until }
    if (known === undefined || !isDeepStrictEqual(JSON.parse(JSON.stringify(same)), known)) await store.putRule(next, { now })
  }
  for (const { channel_id, config, enabled, ...fields } of file.channels) {
    const apply = (channel: ChannelRecord): ChannelRecord | undefined => {
      const isSame = isDeepStrictEqual(opened(secrets, channel), config)
      const next: ChannelRecord = {
        ...channel,
        ...fields,
        source: 'file',
        ...(isSame ? {} : { config: secrets.sealConfig(channel_id, config) }),
      }
      const state = !enabled ? 'off' : channel.state === 'off' || !isSame ? 'ok' : channel.state
      const moved = inState(next, state, now)
      return isDeepStrictEqual(moved, channel) ? undefined : { ...moved, updated_at: now }
    }
    if ((await changeChannel(store, channel_id, { now }, apply)) === undefined) {
      const made: ChannelRecord = {
        channel_id,
        ...fields,
        config: secrets.sealConfig(channel_id, config),
        state: enabled ? 'ok' : 'off',
        state_since: now,
        source: 'file',
        created_at: now,
        updated_at: now,
        revision: 1,
      }
      await store.putChannel(made, { now })
    }
  }
  const [rules, channels] = [new Set(file.rules.map((one) => one.rule_id)), new Set(file.channels.map((one) => one.channel_id))]
  for (const { rule_id, source, revision } of await store.rules()) {
    if (source === 'file' && !rules.has(rule_id)) await store.removeRule(rule_id, revision, { now })
  }
  for (const { channel_id, source, revision } of await store.channels()) {
    if (source === 'file' && !channels.has(channel_id)) await store.removeChannel(channel_id, revision, { now })
  }
}

async function requireChannels(store: AlertStore, file: AlertsFile): Promise<void> {
  const others = (await store.channels()).filter(({ source }) => source !== 'file')
  const known = new Set([...file.channels, ...others].map(({ channel_id }) => channel_id))
  const problems = file.rules.flatMap((rule, index) => {
    const unknown = unknownChannel(rule, known)
    return unknown === undefined
      ? []
      : [`ALERTS_FILE has the channel "${unknown.channel_id}" in rules[${index}].${unknown.field}; it must be one that there is`]
  })
  if (problems.length > 0) throw new SettingsError(problems)
}

function opened(secrets: ChannelSecrets, channel: ChannelRecord): unknown {
  try {
    return secrets.openConfig(channel)
  } catch {
    // Sealed with another key: it is sealed again.
    return undefined
  }
}

/** Puts the variables of the environment in the place of `${NAME}`. */
function withSecrets(value: unknown, env: NodeJS.ProcessEnv, missing: Set<string>): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$\{([A-Za-z_]\w*)\}/g, (_, name: string) => {
      if (env[name] === undefined) missing.add(name)
      return env[name] ?? ''
    })
  }
  if (Array.isArray(value)) return value.map((one) => withSecrets(one, env, missing))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withSecrets(one, env, missing)]))
}

function describe(error: z.ZodError): string {
  const [issue] = error.issues
  return `${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is not valid'}`.trim()
}
