import type { AlertRule } from '@signalbox/contract/alert-rule'
import type { AlertRuleKind } from '@signalbox/contract/alert-rule-kind'
import { printable } from '@signalbox/contract/printable'
import { createClockFormatter } from '../clock-formatter.ts'
import { usageError } from '../failure.ts'
import { type ConfirmOptions, confirm, requireConfirmation } from '../hub/confirm.ts'
import { type SnoozeEndOptions, toSnoozeEnd } from '../hub/end-option.ts'
import { printCreated, printJson, printOutcome } from '../hub/print-result.ts'
import { type HubOptions, withHub } from '../hub/with-hub.ts'
import type { Io } from '../io.ts'
import { findRule } from './find.ts'
import { type ParameterOptions, readParameters, requireKnownParameters, requireParameters } from './parameter-option.ts'
import { PREVIEW_TIMEOUT_MS, printPreview } from './preview.ts'
import { type RuleOptions, toRuleFields } from './rule-option.ts'

export type SaveOptions = HubOptions & RuleOptions & ParameterOptions
export type AddOptions = SaveOptions & { readonly off?: true; readonly preview?: true }

/** Creates a rule, or says what it would have said lately. */
export async function add(io: Io, kind: AlertRuleKind, options: AddOptions): Promise<void> {
  requireParameters(kind, options)
  const parameters = readParameters(kind, options)
  await withHub(
    io,
    options,
    async (hub) => {
      const fields = await toRuleFields(hub, options)
      const filter = fields.filter && withoutEmpty(fields.filter)
      const rule = { kind, parameters, ...fields, ...(filter === undefined ? {} : { filter }), ...(options.off ? { enabled: false } : {}) }
      if (options.preview) return printPreview(io, await hub.client.previewNewAlertRule(rule), options)
      const created = await hub.client.createAlertRule(rule)
      printCreated(io, options.json, created, created.rule_id, `${printable(created.name)} is ${created.enabled ? 'on' : 'off'}.`)
    },
    options.preview ? { timeout: PREVIEW_TIMEOUT_MS } : {},
  )
}

/** Changes what is given, and leaves the rest as it is. */
export async function set(io: Io, asked: string, options: SaveOptions): Promise<void> {
  await withHub(io, options, async (hub) => {
    const { rule_id, kind, parameters, filter, revision } = await findRule(hub, asked)
    requireKnownParameters(kind, options)
    const typed = readParameters(kind, options)
    const fields = await toRuleFields(hub, options)
    const change = {
      ...fields,
      ...(Object.keys(typed).length === 0 ? {} : { parameters: { ...parameters, ...typed } }),
      ...(fields.filter === undefined ? {} : { filter: withoutEmpty({ ...filter, ...fields.filter }) }),
    }
    if (Object.keys(change).length === 0) throw usageError('nothing to change.', 'For the options: signalbox rules set --help')
    const changed = await hub.client.changeAlertRule(rule_id, change, { ifMatch: revision })
    printOutcome(io, options.json, changed, `${printable(changed.name)} is changed. To see it: signalbox rules show ${printable(rule_id)}`)
  })
}

/** Without the patterns that were emptied: `--project ''`. */
function withoutEmpty(filter: AlertRule['filter']): AlertRule['filter'] {
  return Object.fromEntries(Object.entries(filter).filter(([, patterns]) => patterns?.length))
}

export async function setEnabled(io: Io, asked: string, enabled: boolean, options: HubOptions): Promise<void> {
  await act(
    io,
    asked,
    options,
    (client, id) => client.changeAlertRule(id, { enabled }),
    ({ name }) => `${printable(name)} is ${enabled ? 'on' : 'off'}.`,
  )
}

export type SnoozeOptions = HubOptions & SnoozeEndOptions

export async function snooze(io: Io, asked: string, options: SnoozeOptions): Promise<void> {
  const end = toSnoozeEnd(options)
  await act(
    io,
    asked,
    options,
    (client, id) => (end === undefined ? client.endAlertRuleSnooze(id) : client.snoozeAlertRule(id, end)),
    ({ name, snoozed_until }) =>
      `${printable(name)} ${snoozed_until === undefined ? 'notifies again' : `notifies no one until ${createClockFormatter(io)(snoozed_until)}`}.`,
  )
}

export async function remove(io: Io, asked: string, options: HubOptions & ConfirmOptions): Promise<void> {
  requireConfirmation(io, 'removing a rule cannot be undone', options)
  await withHub(io, options, async (hub) => {
    const rule = await findRule(hub, asked)
    await confirm(io, `Remove ${printable(rule.name)}? Its open alerts close without a message.`, options)
    await hub.client.removeAlertRule(rule.rule_id)
    if (options.json) return printJson(io, { rule_id: rule.rule_id, removed: true })
    io.stdout.write(`${printable(rule.name)} is removed.\n`)
  })
}

/** Brings the first rules back that were removed. */
export async function restore(io: Io, options: HubOptions): Promise<void> {
  await withHub(io, options, async ({ client }) => {
    const restored = await client.restoreAlertRules()
    const names = restored.map(({ name }) => printable(name)).join(', ')
    printOutcome(io, options.json, restored, restored.length === 0 ? 'The first rules are all there.' : `Back are: ${names}.`)
  })
}

type Client = Parameters<Parameters<typeof withHub>[2]>[0]['client']

async function act(
  io: Io,
  asked: string,
  options: HubOptions,
  ask: (client: Client, id: string) => Promise<AlertRule>,
  sentence: (changed: AlertRule) => string,
): Promise<void> {
  await withHub(io, options, async (hub) => {
    const { rule_id } = await findRule(hub, asked)
    const changed = await ask(hub.client, rule_id)
    printOutcome(io, options.json, changed, sentence(changed))
  })
}
