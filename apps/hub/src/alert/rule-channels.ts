import type { AlertRuleRecord } from '../store/alert.ts'

interface Notified {
  readonly channels?: AlertRuleRecord['channels'] | undefined
  readonly escalate?: AlertRuleRecord['escalate'] | undefined
}

export interface NamedChannel {
  /** Where the rule names it: `channels` or `escalate[0].channels`. */
  readonly field: string
  readonly channel_id: string
}

/** The channels that a rule names, in its steps of escalation too. */
export function namedChannels({ channels = [], escalate = [] }: Notified): NamedChannel[] {
  const named = (field: string, ids: AlertRuleRecord['channels']) =>
    ids === 'all' ? [] : ids.map((channel_id): NamedChannel => ({ field, channel_id }))
  return [...named('channels', channels), ...escalate.flatMap((step, index) => named(`escalate[${index}].channels`, step.channels))]
}

/** The first channel that a rule names and that there is not. */
export function unknownChannel(rule: Notified, known: ReadonlySet<string>): NamedChannel | undefined {
  return namedChannels(rule).find(({ channel_id }) => !known.has(channel_id))
}
