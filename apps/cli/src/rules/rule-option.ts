import { parseDuration } from '@signalbox/client/alert-parameter'
import type { ChangeAlertRule } from '@signalbox/contract/alert-rule'
import { type AlertSeverity, alertSeverities } from '@signalbox/contract/alert-severity'
import { type Command, InvalidArgumentError } from 'commander'
import { findChannels } from '../channels/find.ts'
import { usageError } from '../failure.ts'
import { oneOf } from '../hub/option.ts'
import type { Hub } from '../hub/with-hub.ts'

/** What can be said of a rule of any kind. */
export interface RuleOptions {
  readonly name?: string
  readonly project?: string
  readonly machine?: string
  readonly model?: string
  readonly severity?: AlertSeverity | 'kind'
  readonly channels?: string
  /** Milliseconds. */
  readonly holds?: number
  /** Milliseconds. */
  readonly clears?: number
  /** Milliseconds; false with --no-remind. */
  readonly remind?: number | false
  /** False with --no-escalate. */
  readonly escalate?: readonly string[] | false
  /** False with --no-recovery. */
  readonly recovery?: boolean
}

export function ruleOptions(command: Command): Command {
  return command
    .option('--name <name>', 'what people call it')
    .option('--project <patterns>', 'only these projects, such as shop-*,api; empty: all')
    .option('--machine <patterns>', 'only these machines')
    .option('--model <patterns>', 'only these models')
    .addOption(oneOf('--severity <severity>', 'instead of that of its kind', [...alertSeverities, 'kind']))
    .option('--channels <names>', 'all, none, or ids and names of channels')
    .option('--holds <time>', 'it must hold so long before the alert opens', durationOf)
    .option('--clears <time>', 'it must be over so long before the alert closes', durationOf)
    .option('--remind <time>', 'remind so often while no one has acknowledged it', durationOf)
    .option('--no-remind', 'no reminders')
    .option(
      '--escalate <time=channels>',
      'notify more channels so long after the opening, such as 30m=all; repeatable',
      (text: string, before: readonly string[] | false = []) => [...(before || []), text],
    )
    .option('--no-escalate', 'no escalation')
    .option('--recovery', 'say also when it is over')
    .option('--no-recovery', 'say nothing when it is over')
}

/** The fields that were given. */
export async function toRuleFields(hub: Hub, options: RuleOptions): Promise<ChangeAlertRule> {
  const { name, project, machine, model, severity, channels, holds, clears, remind, escalate, recovery } = options
  const patterns = { project_id: project, machine_id: machine, model }
  const filter = Object.entries(patterns).flatMap(([field, text]) => (text === undefined ? [] : [[field, split(text)] as const]))
  const steps: NonNullable<ChangeAlertRule['escalate']> = []
  for (const step of escalate || []) steps.push(await toStep(hub, step))
  return {
    ...(name === undefined ? {} : { name }),
    ...(filter.length === 0 ? {} : { filter: Object.fromEntries(filter) }),
    ...(severity === undefined ? {} : { severity: severity === 'kind' ? null : severity }),
    ...(channels === undefined ? {} : { channels: await findChannels(hub, channels) }),
    ...(holds === undefined ? {} : { for_ms: holds }),
    ...(clears === undefined ? {} : { clear_ms: clears }),
    ...(remind === undefined ? {} : { repeat_ms: remind === false ? null : remind }),
    ...(escalate === undefined ? {} : { escalate: steps }),
    ...(recovery === undefined ? {} : { recovery }),
  }
}

async function toStep(hub: Hub, text: string): Promise<NonNullable<ChangeAlertRule['escalate']>[number]> {
  const [time = '', channels = ''] = text.split('=')
  const after_ms = parseDuration(time)
  if (after_ms === undefined || channels === '') throw usageError('--escalate must be such as 30m=all or 1h=Phone,Team.')
  return { after_ms, channels: await findChannels(hub, channels) }
}

function split(text: string): string[] {
  return text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]))
}

function durationOf(text: string): number {
  const ms = parseDuration(text)
  if (ms === undefined) throw new InvalidArgumentError('It must be a time such as 90s, 10m or 1h30m.')
  return ms
}
